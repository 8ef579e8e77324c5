import type { ModelEvent } from '../ports/model.js';

/**
 * A call's events until it ends or `signal` fires: then at once, whether or not the model heeds the signal (SPEC §10). The model's
 * stream is closed either way.
 * @throws the signal's reason, or whatever the model throws
 */
export async function* untilAborted(
  events: AsyncIterable<ModelEvent> | Iterable<ModelEvent>,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const iterator = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]();
  const listening = new AbortController();
  const aborted = new Promise<null>((resolve) => {
    const fired = (): void => {
      resolve(null);
    };
    signal.addEventListener('abort', fired, { once: true, signal: listening.signal });
  });
  let ended = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const step = await Promise.race([iterator.next(), aborted]);
      if (step === null) continue;
      ended = step.done === true;
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    listening.abort();
    // Not awaited: a model that hangs would hang its caller here again.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
