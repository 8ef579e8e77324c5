import { TractError } from '../core/model/errors.js';

/** What is known of a failed call beside its text. Never a key, a header or a message. */
export interface ModelErrorDetails {
  /** HTTP status, when the server answered. */
  readonly status?: number | undefined;
  /** The provider's own code or type, e.g. `insufficient_quota`. */
  readonly providerCode?: string | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A call to a model that failed (SPEC §10). Nothing in the store changed but the call's record. There is no `cause`: the
 * clients' own errors hold headers and bodies, and whoever logs an error would log those.
 */
export abstract class ModelError extends TractError {
  /** Whether the same request may well succeed a moment later: 429, 5xx and connection errors only. */
  abstract readonly retryable: boolean;
  readonly status: number | undefined;
  readonly providerCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ModelErrorDetails = {}) {
    super(message);
    this.status = details.status;
    this.providerCode = details.providerCode;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** 401 or 403, or no key at all: the key is missing, wrong or not allowed to use the model. */
export class ModelAuthError extends ModelError {
  readonly code = 'MODEL_AUTH';
  readonly retryable = false;
}

/** 429: too many requests or tokens for now. */
export class ModelRateLimitError extends ModelError {
  readonly code = 'MODEL_RATE_LIMIT';
  readonly retryable = true;
}

/** 429 because nothing is left to spend: waiting does not help. */
export class ModelQuotaError extends ModelError {
  readonly code = 'MODEL_QUOTA';
  readonly retryable = false;
}

/** The request is larger than the model's window. */
export class ModelContextTooLongError extends ModelError {
  readonly code = 'MODEL_CONTEXT_TOO_LONG';
  readonly retryable = false;
}

/** Any other 3xx or 4xx: the server does not take this request. */
export class ModelBadRequestError extends ModelError {
  readonly code = 'MODEL_BAD_REQUEST';
  readonly retryable = false;
}

/** 5xx, or the same said inside the stream. */
export class ModelServerError extends ModelError {
  readonly code = 'MODEL_SERVER';
  readonly retryable = true;
}

/** The server could not be reached, or the connection broke before an answer began. */
export class ModelNetworkError extends ModelError {
  readonly code = 'MODEL_NETWORK';
  readonly retryable = true;
}

/** The server was reached but stayed silent too long. Not retried: the model may be at work, and is paid for it. */
export class ModelTimeoutError extends ModelError {
  readonly code = 'MODEL_TIMEOUT';
  readonly retryable = false;
}

/** The person, or the caller's signal, stopped the call. */
export class ModelCancelledError extends ModelError {
  readonly code = 'MODEL_CANCELLED';
  readonly retryable = false;
}

/** What came is not what the protocol says. */
export class ModelStreamMalformedError extends ModelError {
  readonly code = 'MODEL_STREAM_MALFORMED';
  readonly retryable = false;
}

/** The answer ended before the provider said that it was complete. */
export class ModelStreamCutError extends ModelError {
  readonly code = 'MODEL_STREAM_CUT';
  /** Only ever retried when no piece of the answer was handed out: then it is a connection error like others. */
  readonly retryable = true;
}
