import { ModelStreamMalformedError, ModelTimeoutError, type ModelError } from './errors.js';

/** How long a server may stay silent, in milliseconds. Undici itself gives up after 300,000. */
export interface Timeouts {
  /** From sending the request to the response's headers; connecting is part of it. */
  readonly responseMs: number;
  /** From the headers to the first byte of the body. */
  readonly firstByteMs: number;
  /** Between two chunks of the body; pings count as life. */
  readonly idleMs: number;
}

/** Reasoning models think for minutes before they say anything. */
export const DEFAULT_TIMEOUTS: Timeouts = { responseMs: 240_000, firstByteMs: 240_000, idleMs: 240_000 };

/** Given to the clients, so that their own limit never comes before ours: the largest a timer takes. */
export const CLIENT_TIMEOUT_MS = 2 ** 31 - 1;

/** No answer is this large; more is a server gone wrong. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Enough of an error page to find its message in. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * `fetch` for the official clients with what they lack: limits on silence and size, no redirects (they would carry the key
 * to another host), and a clear word when the address answers with a page instead of a stream. Both clients wrap or
 * swallow what `fetch` throws, so the reason is handed to `onFailure` as well.
 */
export function streamFetch(
  base: typeof fetch,
  timeouts: Timeouts,
  onFailure: (error: ModelError) => void,
): typeof fetch {
  return async (input, init) => {
    const own = new AbortController();
    const fail = (error: ModelError): ModelError => {
      onFailure(error);
      own.abort(error);
      return error;
    };
    const signal = init?.signal ? AbortSignal.any([init.signal, own.signal]) : own.signal;
    const timer = setTimeout(() => fail(silence('did not answer', timeouts.responseMs)), timeouts.responseMs);
    let response: Response;
    try {
      response = await base(input, { ...init, signal, redirect: 'manual' });
    } finally {
      clearTimeout(timer);
    }
    const type = response.headers.get('content-type') ?? '';
    if (response.ok && /^(?:text\/html|application\/json)\b/i.test(type)) {
      throw fail(
        new ModelStreamMalformedError(
          `The server answered with ${type.split(';')[0] ?? type} instead of a stream of events. Check the base URL: it usually ends in /v1.`,
          { status: response.status },
        ),
      );
    }
    if (response.body === null) return response;
    const limit = response.ok ? MAX_BODY_BYTES : MAX_ERROR_BODY_BYTES;
    return new Response(watched(response.body, { limit, cutSilently: !response.ok, timeouts, fail }), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

interface Watch {
  /** In bytes. */
  readonly limit: number;
  /** Past the limit: end the body, instead of failing. */
  readonly cutSilently: boolean;
  readonly timeouts: Timeouts;
  readonly fail: (error: ModelError) => ModelError;
}

function watched(body: ReadableStream<Uint8Array>, watch: Watch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const limitMs = bytes === 0 ? watch.timeouts.firstByteMs : watch.timeouts.idleMs;
      const text = bytes === 0 ? 'sent no first piece of its answer' : 'stopped in the middle of its answer';
      const timer = setTimeout(() => {
        controller.error(watch.fail(silence(text, limitMs)));
      }, limitMs);
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          return;
        }
        bytes += value.byteLength;
        if (bytes <= watch.limit) {
          controller.enqueue(value);
        } else if (watch.cutSilently) {
          controller.close();
          await reader.cancel();
        } else {
          throw watch.fail(
            new ModelStreamMalformedError(`The answer is larger than ${watch.limit} bytes and was stopped.`),
          );
        }
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function silence(what: string, ms: number): ModelTimeoutError {
  const seconds = ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`;
  return new ModelTimeoutError(
    `The server ${what} for ${seconds}, so the call was stopped. Try again, or raise the time limit in the settings.`,
  );
}
