import type { Tokenizer } from '../core/ports/tokenizer.js';
import { DEFAULT_ENCODING, PIECE_ENDS, toEncodingName, type EncodingName } from './encodings.js';
import { IncrementalCounter } from './incremental-counter.js';
import { RankTable } from './rank-table.js';
import { TextCounter } from './text-counter.js';

/** Each is one token in every encoding. Every message has one, and often nothing else is left to count: no ranks are loaded for it. */
const ROLES: ReadonlySet<string> = new Set(['user', 'assistant', 'system', 'tool']);
const LONGEST_ROLE = 9;

/** Gives js-tiktoken's `bpe_ranks` of an encoding; asked once per encoding, at its first count. */
export type RankSource = (encoding: EncodingName) => string;

/** All counting of text goes through here; each encoding is loaded at its first count and shared from then on. */
export class Tokenizers {
  readonly #rankSource: RankSource;
  readonly #counters = new Map<EncodingName, TextCounter>();

  constructor(rankSource: RankSource) {
    this.#rankSource = rankSource;
  }

  /**
   * Exact tokens of a text (SPEC §6, §18); `""` → 0. The first count of an encoding loads it.
   * @throws UnknownEncodingError
   */
  countTokens(text: string, encoding: string = DEFAULT_ENCODING): number {
    const name = toEncodingName(encoding);
    if (text.length <= LONGEST_ROLE) {
      if (text === '') return 0;
      if (ROLES.has(text)) return 1;
    }
    return this.#counter(name).count(text);
  }

  /**
   * A counter that follows a document through its edits (SPEC §18).
   * @throws UnknownEncodingError
   */
  createIncrementalCounter(text: string, encoding: string = DEFAULT_ENCODING): IncrementalCounter {
    return new IncrementalCounter(this.createTokenizer(encoding), text);
  }

  /**
   * The counter of one encoding as the core's port. Loads nothing before its first count.
   * @throws UnknownEncodingError
   */
  createTokenizer(encoding: string = DEFAULT_ENCODING): Tokenizer {
    const name = toEncodingName(encoding);
    return { id: `tiktoken:${name}`, count: (text) => this.countTokens(text, name) };
  }

  /**
   * Loads an encoding in steps of a few milliseconds with a pause after each, so that its first count, which would load it in
   * one of 60, finds it there. A count that comes before loads it itself.
   * @throws UnknownEncodingError
   */
  async prepare(encoding: string, pause: () => Promise<void>): Promise<void> {
    const name = toEncodingName(encoding);
    if (this.#counters.has(name)) return;
    const steps = RankTable.inSteps(this.#rankSource(name));
    for (let step = steps.next(); !this.#counters.has(name); step = steps.next()) {
      if (step.done) this.#counters.set(name, new TextCounter(step.value, PIECE_ENDS[name]));
      else await pause();
    }
  }

  #counter(encoding: EncodingName): TextCounter {
    let counter = this.#counters.get(encoding);
    if (counter === undefined) {
      counter = new TextCounter(RankTable.of(this.#rankSource(encoding)), PIECE_ENDS[encoding]);
      this.#counters.set(encoding, counter);
    }
    return counter;
  }
}
