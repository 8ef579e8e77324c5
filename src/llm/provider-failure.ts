import { TractError } from '../core/model/errors.js';
import {
  ModelAuthError,
  ModelBadRequestError,
  ModelContextTooLongError,
  type ModelError,
  ModelNetworkError,
  ModelQuotaError,
  ModelRateLimitError,
  ModelServerError,
  ModelStreamCutError,
  ModelStreamMalformedError,
  ModelTimeoutError,
  type ModelErrorDetails,
} from './errors.js';
import { parseRetryAfter } from './retry.js';
import { scrub, type Unspeakable } from './scrub.js';

/** What an error's text may name, and what it must not. */
export interface FailureContext extends Unspeakable {
  /** E.g. `openai`. */
  readonly provider: string;
  readonly model: string;
  /** Whether a response had begun when the call failed: then a broken connection is a cut answer. */
  readonly answering: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a provider says in an error's body, whichever of the usual shapes it has. */
interface ProviderWords {
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
}

const TOO_LONG =
  /context[ _-]?(?:length|window|limit|size)|prompt is too long|input is too long|exceeds? the maximum number of (?:input )?tokens|request_too_large/i;
const NO_CREDIT = /insufficient_quota|billing|credit balance|spend_limit/i;

/**
 * The one place where whatever the official clients throw becomes an error of Tract's (SPEC §10). Both clients put an HTTP
 * answer's `status`, `headers` and `error` (its body) on what they throw; an error said inside the stream has no status.
 */
export function modelFailure(thrown: unknown, context: FailureContext): TractError {
  if (thrown instanceof TractError) return thrown;
  // Undici's TypeErrors have a cause; one without is our reading of an event that has not the protocol's shape.
  const misread = context.answering && thrown instanceof TypeError && thrown.cause === undefined;
  if (thrown instanceof SyntaxError || misread) return misshapen(context.provider);
  const failed = asRecord(thrown);
  const words = providerWords(failed['error']);
  const status = typeof failed['status'] === 'number' ? failed['status'] : words?.status;
  if (status !== undefined || words !== undefined) return answered(status, words, headersOf(failed), context);
  return unanswered(thrown, context);
}

function answered(
  status: number | undefined,
  words: ProviderWords | undefined,
  headers: Headers,
  context: FailureContext,
): ModelError {
  // A server that repeats the key or a text as its "code" gets no further with it than with its message.
  const code = words?.code !== undefined && scrub(words.code, context) === words.code ? words.code : undefined;
  const details: ModelErrorDetails = {
    status,
    providerCode: code,
    retryAfterMs: parseRetryAfter(headers, context.now),
  };
  const said = words === undefined ? '' : scrub(words.message, context);
  const tail = said === '' ? '' : ` The provider says: ${said}`;
  const who = `${context.provider}${status === undefined ? '' : ` (HTTP ${status})`}`;
  const kind = classify(status, `${words?.code ?? ''} ${words?.message ?? ''}`, words?.code);
  switch (kind) {
    case 'auth':
      return new ModelAuthError(
        `${who} refused the key, or the key may not use ${context.model}. Check the key and set it again.${tail}`,
        details,
      );
    case 'quota':
      return new ModelQuotaError(
        `${who} says that the account has nothing left to spend. Check its plan and billing.${tail}`,
        details,
      );
    case 'rate':
      return new ModelRateLimitError(`${who} takes no more requests for now. ${waitAdvice(details)}${tail}`, details);
    case 'length':
      return new ModelContextTooLongError(
        `The context is too long for ${context.model}. Compress it, skip heavy tool results, or choose a model with a larger window.${tail}`,
        details,
      );
    case 'server':
      return new ModelServerError(`${who} failed or is overloaded. Try again in a while.${tail}`, details);
    case 'timeout':
      return new ModelTimeoutError(`${who} gave up waiting for the request. Try again.${tail}`, details);
    case 'missing':
      return new ModelBadRequestError(
        `${who} knows no model ${context.model} at this address. Check the model's name and the base URL.${tail}`,
        details,
      );
    case 'redirect':
      return new ModelBadRequestError(
        `${who} answered with a redirect, which is not followed so that the key goes nowhere else. Set the base URL to the final address.`,
        details,
      );
    case 'request':
      return new ModelBadRequestError(`${who} did not accept the request.${tail}`, details);
  }
}

type Kind = 'auth' | 'quota' | 'rate' | 'length' | 'server' | 'timeout' | 'missing' | 'redirect' | 'request';

/** `said` is only looked at, never shown. */
function classify(status: number | undefined, said: string, code: string | undefined): Kind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || status === 402) return status === 402 || NO_CREDIT.test(said) ? 'quota' : 'rate';
  if (status === undefined || status === 400 || status === 413 || status === 422) {
    if (TOO_LONG.test(said)) return 'length';
  }
  if (status === 404) return 'missing';
  if (status === 408) return 'timeout';
  if (status === 413) return 'length';
  if (status !== undefined) return status >= 500 ? 'server' : status < 400 ? 'redirect' : 'request';
  if (/rate_limit/i.test(code ?? '')) return 'rate';
  if (/authentication|permission|invalid_api_key/i.test(code ?? '')) return 'auth';
  return /invalid/i.test(code ?? '') ? 'request' : 'server';
}

function waitAdvice({ retryAfterMs }: ModelErrorDetails): string {
  return retryAfterMs === undefined || retryAfterMs < 1000
    ? 'Wait a moment, then try again.'
    : `It asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`;
}

/** No HTTP answer: the connection failed before or while the answer came. */
function unanswered(thrown: unknown, context: FailureContext): ModelError {
  const code = networkCode(thrown);
  const details: ModelErrorDetails = { providerCode: code };
  const named = code === undefined ? '' : ` (${code})`;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new ModelTimeoutError(`${context.provider} stayed silent too long${named}. Try again.`, details);
  }
  if (context.answering) return cutAnswer(context.provider, details);
  return new ModelNetworkError(
    `${context.provider} could not be reached${named}. Check the network, the base URL, and that the server runs.`,
    details,
  );
}

/** A piece of the answer is not what the protocol says. */
export function misshapen(provider: string): ModelStreamMalformedError {
  return new ModelStreamMalformedError(
    `${provider} sent a piece of its answer that cannot be read. The answer was not kept; try again.`,
  );
}

/** The answer stopped without the provider's own end mark. */
export function cutAnswer(provider: string, details: ModelErrorDetails = {}): ModelStreamCutError {
  return new ModelStreamCutError(
    `The connection to ${provider} broke before the answer was complete. The unfinished answer was not kept; try again.`,
    details,
  );
}

/** The system's or undici's code, e.g. `ECONNREFUSED`, from wherever it stands in the chain of causes. */
function networkCode(thrown: unknown): string | undefined {
  let at: unknown = thrown;
  for (let depth = 0; depth < 5 && at !== undefined && at !== null; depth += 1) {
    const { code, cause } = asRecord(at);
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
    at = cause;
  }
  return undefined;
}

/**
 * Reads OpenAI's `{message, type, code}` (the client has unwrapped it), Anthropic's `{type: 'error', error: {…}}`, and the
 * shapes of compatible servers: a string, `{error: string}`, `{message}`, `{detail}`; a numeric code is a status.
 */
function providerWords(body: unknown, depth = 0): ProviderWords | undefined {
  if (typeof body === 'string') return { message: body, code: undefined, status: undefined };
  if (typeof body !== 'object' || body === null) return undefined;
  const { error, message, detail, code, type } = body as Record<string, unknown>;
  if (error !== undefined && error !== null && depth < 2) return providerWords(error, depth + 1);
  const number = typeof code === 'number' ? code : undefined;
  return {
    message: [message, detail].find((text) => typeof text === 'string') ?? '',
    code: [code, type].map(identifier).find((found) => found !== undefined),
    status: number !== undefined && number >= 300 && number < 600 ? number : undefined,
  };
}

/** Codes are shown and stored as they are, so only what looks like one passes. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{1,60}$/.test(value) ? value : undefined;
}

function headersOf(failed: Readonly<Record<string, unknown>>): Headers {
  return failed['headers'] instanceof Headers ? failed['headers'] : new Headers();
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
