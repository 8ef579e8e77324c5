import type { Tokenizer } from '../../core/ports/tokenizer.js';
import { counterBlocks, IncrementalCounter } from '../../tokens/incremental-counter.js';

/** A change of a text as VS Code reports it; several of one event hold one after the other. */
export interface TextChange {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

export interface CountedText {
  /** The whole text as it is now. */
  getText(): string;
  /** Its UTF-16 units; cheaper than `getText`. */
  length(): number;
}

export interface DocumentCounterOptions {
  readonly tokenizer: Tokenizer;
  /** Counts texts off this thread. */
  readonly countMany: (texts: readonly string[], signal: AbortSignal) => Promise<readonly number[]>;
  /** A count that was made in the background is there. */
  readonly counted: () => void;
  readonly failed: (error: unknown) => void;
}

/** A text up to this many UTF-16 units is counted at once: about 5 ms. */
const DIRECT_UNITS = 65_536;
/** An edit that recounts more than this (a huge paste, a line without a cut) is counted in the background. */
const DIRECT_EDIT_UNITS = 16_384;
/** Such edits follow one another: the last of them starts the count. */
const QUIET_MS = 250;

/**
 * The count of one document through its edits, never more than a few milliseconds on this thread: large first counts and large
 * edits are counted elsewhere, and until they are there the count is null.
 */
export class DocumentCounter {
  readonly #text: CountedText;
  readonly #options: DocumentCounterOptions;
  #counter: IncrementalCounter | null = null;
  #counting: AbortController | null = null;
  #meanwhile: TextChange[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(text: CountedText, options: DocumentCounterOptions) {
    this.#text = text;
    this.#options = options;
    this.#start();
  }

  /** Tokens of the whole text; null while it is being counted. */
  get tokens(): number | null {
    return this.#counter?.count ?? null;
  }

  /** Tokens of a part in UTF-16 offsets; null while the text is being counted, or when the part lies outside. */
  countRange(start: number, end: number): number | null {
    const counter = this.#counter;
    return counter === null || start < 0 || end < start || end > counter.length ? null : counter.countRange(start, end);
  }

  /** Follows the changes of one event. */
  apply(changes: readonly TextChange[]): void {
    if (this.#timer !== undefined) this.#startSoon();
    else if (this.#counting !== null) this.#meanwhile.push(...changes);
    else if (!this.#edit(changes)) this.#startSoon();
  }

  dispose(): void {
    this.#stop();
    this.#counter = null;
  }

  /** False when the changes are too large to count here, or do not fit what was counted. */
  #edit(changes: readonly TextChange[]): boolean {
    const counter = this.#counter;
    if (counter === null) return false;
    for (const { rangeOffset, rangeLength, text } of changes) {
      if (rangeOffset + rangeLength > counter.length) return false;
      if (counter.unitsToRecount(rangeOffset, rangeLength) + text.length > DIRECT_EDIT_UNITS) return false;
      counter.edit(rangeOffset, rangeLength, text);
    }
    return counter.length === this.#text.length();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#counting?.abort();
    this.#counting = null;
    this.#meanwhile = [];
  }

  #startSoon(): void {
    this.#stop();
    this.#counter = null;
    this.#timer = setTimeout(() => {
      this.#start();
      if (this.#counter !== null) this.#options.counted();
    }, QUIET_MS);
  }

  #start(): void {
    this.#stop();
    const text = this.#text.getText();
    if (text.length <= DIRECT_UNITS) this.#counter = new IncrementalCounter(this.#options.tokenizer, text);
    else void this.#countInBackground(text);
  }

  async #countInBackground(text: string): Promise<void> {
    const { tokenizer, countMany, counted, failed } = this.#options;
    const counting = new AbortController();
    this.#counting = counting;
    try {
      const counts = await countMany(counterBlocks(text), counting.signal);
      if (counting.signal.aborted) return;
      const changes = this.#meanwhile;
      this.#stop();
      this.#counter = new IncrementalCounter(tokenizer, text, counts);
      if (!this.#edit(changes)) this.#startSoon();
      else counted();
    } catch (error) {
      if (counting.signal.aborted) return;
      this.#stop();
      failed(error);
    }
  }
}
