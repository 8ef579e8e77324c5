import { InvalidArgumentError } from '../core/model/errors.js';
import type { Model, ModelEvent, ModelRequest } from '../core/ports/model.js';
import { ModelAuthError, type ModelError } from './errors.js';
import { cutAnswer, misshapen, modelFailure } from './provider-failure.js';
import {
  DEFAULT_RETRY,
  streamWithRetry,
  SYSTEM_RUNTIME,
  throwIfCancelled,
  type RetryPolicy,
  type RetryRuntime,
} from './retry.js';
import { textsOf } from './scrub.js';
import { DEFAULT_TIMEOUTS, streamFetch, type Timeouts } from './stream-fetch.js';

/** What a person chose for one model behind HTTP. Everything but the model's name has a default. */
export interface HttpModelOptions {
  /** The model's name as the provider writes it. */
  readonly model: string;
  /** `http:` or `https:`. Without it, the provider's own address; never one from the environment. */
  readonly baseURL?: string | undefined;
  /** Asked for before each call, so that the key lives no longer than a request; undefined when there is none. */
  readonly apiKey?: (() => Promise<string | undefined>) | undefined;
  /** First part of the model's id; the protocol's name by default. Say `ollama` for an OpenAI-compatible Ollama. */
  readonly provider?: string | undefined;
  /** In tokens. */
  readonly contextWindow?: number | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** For tests and hosts with a fetch of their own; `globalThis.fetch` at the time of the call otherwise. */
  readonly fetch?: typeof fetch | undefined;
  readonly runtime?: RetryRuntime | undefined;
}

/** What one try at a call is made with. */
export interface Connection {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** A protocol: how a request is said and how the answer's events are understood. */
export interface Protocol {
  readonly name: string;
  readonly baseURL: string;
  /**
   * One try, over the official client with its own retries off. Ends with a `finish` event; a stream that ends without
   * one was cut. Throws what the client throws.
   */
  stream(request: ModelRequest, connection: Connection): AsyncIterable<ModelEvent>;
}

/** Stands where a client insists on a key and the server (a local one) wants none. */
const NO_KEY = 'no-key-needed';

/**
 * A model behind HTTP (SPEC §10): one protocol with its key, time limits, retries, cancellation, and errors of Tract's own
 * that hold neither keys nor texts.
 *
 * @throws InvalidArgumentError for an address that is not plain http(s).
 */
export function httpModel(protocol: Protocol, options: HttpModelOptions): Model {
  const provider = options.provider ?? protocol.name;
  const baseURL = checkedURL(options.baseURL ?? protocol.baseURL);
  const runtime = options.runtime ?? SYSTEM_RUNTIME;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...defined(options.timeouts) };
  const retry = { ...DEFAULT_RETRY, ...defined(options.retry) };
  const id = `${provider}/${options.model}`;

  async function* attempt(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
    const key = (await options.apiKey?.())?.trim();
    if (key !== undefined && !/^[!-~]+$/.test(key)) {
      throw new ModelAuthError(`The key for ${provider} is empty or holds characters that no key has. Set it again.`);
    }
    if (key === undefined && options.baseURL === undefined) {
      throw new ModelAuthError(`No key is set for ${provider}. Set one, then send again; nothing was sent.`);
    }
    throwIfCancelled(signal);
    const model = chosenModel(request, id, options.model);
    const state: { answering: boolean; failed: ModelError | undefined } = { answering: false, failed: undefined };
    const base = options.fetch ?? globalThis.fetch;
    const connection: Connection = {
      baseURL,
      apiKey: key ?? NO_KEY,
      model,
      signal,
      fetch: streamFetch(
        async (input, init) => {
          const response = await base(input, init);
          state.answering = response.ok;
          return response;
        },
        timeouts,
        (error) => (state.failed ??= error),
      ),
    };
    let finished = false;
    try {
      for await (const event of protocol.stream(request, connection)) {
        if (event.type === 'text' || event.type === 'reasoning') {
          if (!isText(event.text)) throw misshapen(provider);
          if (event.text === '') continue;
        }
        finished = event.type === 'finish';
        yield event;
      }
    } catch (thrown) {
      throwIfCancelled(signal);
      if (state.failed !== undefined) throw state.failed;
      const secrets = key === undefined ? [] : [key];
      throw modelFailure(thrown, {
        provider,
        model,
        answering: state.answering,
        secrets,
        texts: textsOf(request),
        now: runtime.now(),
      });
    }
    if (finished) return;
    // Both clients end quietly when a request is aborted under them.
    throwIfCancelled(signal);
    throw state.failed ?? cutAnswer(provider);
  }

  return {
    id,
    ...(options.contextWindow === undefined ? {} : { contextWindow: options.contextWindow }),
    send: (request, { signal }) => streamWithRetry(() => attempt(request, signal), signal, retry, runtime),
  };
}

/** `params.model` may name another model of this provider, bare or as an id. */
function chosenModel(request: ModelRequest, id: string, model: string): string {
  const named = request.params?.['model'];
  return typeof named === 'string' && named !== id ? named : model;
}

/** The clients' types are promises of the provider's, not of the server that really answered. */
function isText(text: unknown): boolean {
  return typeof text === 'string';
}

function checkedURL(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(
      'A base URL must be an http: or https: address without a user name or password in it, e.g. http://127.0.0.1:11434/v1.',
    );
  }
  return text.replace(/\/+$/, '');
}

/** Settings that are present but undefined must not wipe out a default. */
function defined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
