import { ModelCancelledError, ModelError } from './errors.js';

/** When and how often a call is tried again. All times in milliseconds. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Pause before the second try; doubled for each further one. */
  readonly baseMs: number;
  /** Longest pause of our own choosing. */
  readonly maxMs: number;
  /** Longest pause a server may ask for. When it asks for more the call fails at once and says so. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 500, maxMs: 16_000, maxRetryAfterMs: 60_000 };

/** Time and chance, injected so that tests own them. */
export interface RetryRuntime {
  /** Milliseconds since 1970; only to read a `retry-after` that is a date. */
  now(): number;
  /** 0 ≤ random() < 1. */
  random(): number;
  /** Resolves after `ms`; rejects as soon as the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_RUNTIME: RetryRuntime = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(new ModelCancelledError(CANCELLED));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
};

/** @throws ModelCancelledError when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new ModelCancelledError(CANCELLED);
}

const CANCELLED = 'The call was cancelled. What the model had written so far was not kept.';

/**
 * Streams what `attempt` streams, trying again with growing, jittered pauses after an error that says it is retryable
 * (SPEC §10). The one place where calls are retried: the clients' own retries are off. Once an event was handed out
 * nothing is retried, since the caller may already have shown it.
 *
 * @throws ModelCancelledError as soon as the signal fires, in a pause as well.
 */
export async function* streamWithRetry<T>(
  attempt: () => AsyncIterable<T>,
  signal: AbortSignal,
  policy: RetryPolicy = DEFAULT_RETRY,
  runtime: RetryRuntime = SYSTEM_RUNTIME,
): AsyncGenerator<T, void, void> {
  for (let tried = 1; ; tried += 1) {
    throwIfCancelled(signal);
    let delivered = false;
    let failure: unknown;
    try {
      for await (const event of attempt()) {
        throwIfCancelled(signal);
        delivered = true;
        yield event;
      }
      return;
    } catch (error) {
      failure = error;
    }
    const pause = delivered || tried >= policy.attempts ? undefined : pauseAfter(failure, tried, policy, runtime);
    if (pause === undefined) throw failure;
    await runtime.sleep(pause, signal);
  }
}

/** Milliseconds to wait before the next try; undefined when there must be none. */
function pauseAfter(error: unknown, tried: number, policy: RetryPolicy, runtime: RetryRuntime): number | undefined {
  if (!(error instanceof ModelError) || !error.retryable) return undefined;
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= policy.maxRetryAfterMs ? error.retryAfterMs : undefined;
  }
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** (tried - 1));
  // Half fixed, half random: clients that failed together do not come back together, and none comes back at once.
  return Math.round(full / 2 + (full / 2) * runtime.random());
}

/**
 * What `retry-after-ms` or `retry-after` (seconds, or an HTTP date) asks for, in milliseconds ≥ 0; undefined when absent
 * or unreadable.
 */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = decimal(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return Math.round(milliseconds);
  const value = headers.get('retry-after');
  const seconds = decimal(value);
  if (seconds !== undefined) return Math.round(seconds * 1000);
  // Date.parse reads "7" and "-1" as years: only what begins like a weekday is taken for a date.
  if (value === null || !/^[A-Za-z]{3},? /.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function decimal(value: string | null): number | undefined {
  return value !== null && /^\d{1,9}(?:\.\d{1,6})?$/.test(value.trim()) ? Number(value) : undefined;
}
