import { DEFAULT_ENCODING } from './encodings.js';
import { nextSafeCut } from './safe-cut.js';
import type { Tokenizers } from './tokenizers.js';

/** Counts long texts and many texts without holding up its caller's thread. */
export interface BackgroundCounter {
  /**
   * Exact tokens of each text, in order. Rejects with the signal's reason once it is aborted.
   * @throws UnknownEncodingError
   */
  countMany(texts: readonly string[], options?: BackgroundOptions): Promise<number[]>;
  /** Gives back what it holds; counts under way are rejected. */
  close(): Promise<void>;
}

export interface BackgroundOptions {
  readonly encoding?: string;
  readonly signal?: AbortSignal;
}

/** A text of this many UTF-16 units takes up to about 50 ms to count for the first time. */
const SLOW_UNITS = 1_000_000;
/** So may a stretch of this many without a safe cut. */
const SLOW_UNBROKEN_UNITS = 50_000;
/** About 2 ms of work between two pauses. */
const SLICE_UNITS = 32_768;

/** Whether a first count may take over 50 ms, so that it belongs in the background. Microseconds. */
export function isSlowToCount(text: string): boolean {
  if (text.length > SLOW_UNITS) return true;
  const step = SLOW_UNBROKEN_UNITS / 2;
  for (let start = 0; start + SLOW_UNBROKEN_UNITS < text.length;) {
    const cut = nextSafeCut(text, start + step);
    if (cut - start > SLOW_UNBROKEN_UNITS) return true;
    start = cut;
  }
  return false;
}

/** Counts in slices on the caller's own thread, for hosts without worker threads. */
export class SlicedCounter implements BackgroundCounter {
  readonly #tokenizers: Tokenizers;
  readonly #pause: () => Promise<void>;

  /** @param pause lets waiting work of the thread go first, e.g. a `setTimeout` of 0. */
  constructor(tokenizers: Tokenizers, pause: () => Promise<void>) {
    this.#tokenizers = tokenizers;
    this.#pause = pause;
  }

  async countMany(texts: readonly string[], options: BackgroundOptions = {}): Promise<number[]> {
    const tokenizer = this.#tokenizers.createTokenizer(options.encoding ?? DEFAULT_ENCODING);
    const counts: number[] = [];
    let untilPause = SLICE_UNITS;
    for (const text of texts) {
      let count = 0;
      for (let start = 0; start < text.length;) {
        options.signal?.throwIfAborted();
        const end = nextSafeCut(text, start + Math.max(1, untilPause));
        count += tokenizer.count(text.slice(start, end));
        untilPause -= end - start;
        start = end;
        if (untilPause > 0) continue;
        await this.#pause();
        untilPause = SLICE_UNITS;
      }
      counts.push(count);
    }
    return counts;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
