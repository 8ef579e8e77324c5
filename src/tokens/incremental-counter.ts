import { checkArgument, shownValue, TEXT } from '../core/model/arguments.js';
import { InvalidArgumentError } from '../core/model/errors.js';
import type { Tokenizer } from '../core/ports/tokenizer.js';
import { isSafeCut, nextSafeCut } from './safe-cut.js';

/** Blocks are cut at the first safe cut after this many UTF-16 units: long enough to be few, short enough to recount. */
const BLOCK_UNITS = 256;
/** A shorter block joins its neighbour, so that deleting does not leave crumbs. */
const MIN_BLOCK_UNITS = 64;

/** The blocks that `text` is held in at first: their counts add up to the count of the whole. */
export function counterBlocks(text: string): string[] {
  const blocks: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = nextSafeCut(text, start + BLOCK_UNITS);
    blocks.push(text.slice(start, end));
    start = end;
  }
  return blocks;
}

interface Block {
  readonly text: string;
  readonly count: number;
}

/**
 * The token count of a document through its edits (SPEC §18), always equal to the count of the whole text. The text is
 * held in blocks cut where counts add up; an edit recounts the blocks it touches, in a keystroke some 300 units.
 */
export class IncrementalCounter {
  readonly #tokenizer: Tokenizer;
  #blocks: Block[];
  #count: number;
  #length: number;

  /**
   * @param tokenizer one of o200k_base or cl100k_base, which the safe cuts hold for
   * @param counts tokens of each of `counterBlocks(text)` when they were counted elsewhere; else the whole text is counted
   */
  constructor(tokenizer: Tokenizer, text: string, counts?: readonly number[]) {
    this.#tokenizer = tokenizer;
    this.#blocks = this.#cut(text, counts);
    this.#count = total(this.#blocks);
    this.#length = text.length;
  }

  /** Tokens of the text as it is now. */
  get count(): number {
    return this.#count;
  }

  /** UTF-16 units of the text as it is now. */
  get length(): number {
    return this.#length;
  }

  /**
   * Replaces `deleteLength` UTF-16 units at `offset` by `insertText`.
   * @throws InvalidArgumentError when the range is not inside the text; nothing changed then.
   */
  edit(offset: number, deleteLength: number, insertText: string): void {
    this.#checkRange(offset, deleteLength);
    checkArgument('What is inserted', insertText, TEXT);
    const [first, before] = this.#locate(0, offset);
    const [last, end] = this.#locate(first, before + deleteLength);
    const head = this.#blocks[first]?.text.slice(0, before) ?? '';
    const tail = this.#blocks[last]?.text.slice(end) ?? '';
    this.#replace(first, last + 1, head + insertText + tail);
    this.#length += insertText.length - deleteLength;
  }

  /**
   * Tokens of the part `[start, end)` of the text, in UTF-16 units; equal to the count of that part alone. Recounts only the
   * blocks that it cuts through.
   * @throws InvalidArgumentError when the range is not inside the text
   */
  countRange(start: number, end: number): number {
    this.#checkRange(start, end - start);
    let sum = 0;
    let before = 0;
    for (const { text, count } of this.#blocks) {
      if (before >= end) break;
      const from = Math.max(0, start - before);
      const to = Math.min(text.length, end - before);
      if (from === 0 && to === text.length) sum += count;
      else if (from < to) sum += this.#tokenizer.count(text.slice(from, to));
      before += text.length;
    }
    return sum;
  }

  /** UTF-16 units that an edit at this place would recount, besides what it inserts. */
  unitsToRecount(offset: number, deleteLength: number): number {
    this.#checkRange(offset, deleteLength);
    const [first, place] = this.#locate(0, offset);
    const [last] = this.#locate(first, place + deleteLength);
    return this.#blocks.slice(first, last + 1).reduce((units, { text }) => units + text.length, -deleteLength);
  }

  #checkRange(offset: number, deleteLength: number): void {
    const inside = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;
    if (inside(offset, this.#length) && inside(deleteLength, this.#length - offset)) return;
    throw new InvalidArgumentError(
      `The range at ${shownValue(offset)} of ${shownValue(deleteLength)} units lies outside the text of ${this.#length} units. Nothing was changed.`,
    );
  }

  /** The block that holds the place `units` after the start of block `from`, and the place in that block. */
  #locate(from: number, units: number): [block: number, place: number] {
    let index = from;
    let place = units;
    for (; index < this.#blocks.length - 1; index++) {
      const length = this.#blocks[index]?.text.length ?? 0;
      if (place <= length) break;
      place -= length;
    }
    return [index, place];
  }

  /** Puts `text` in place of blocks `[first, end)`, taking in neighbours until the cuts on both sides are safe. */
  #replace(first: number, end: number, text: string): void {
    let joined = text;
    for (let left = this.#blocks[first - 1]; left !== undefined; left = this.#blocks[first - 1]) {
      if (joined.length >= MIN_BLOCK_UNITS && isSafeCut(left.text, joined)) break;
      joined = left.text + joined;
      first--;
    }
    for (let right = this.#blocks[end]; right !== undefined; right = this.#blocks[end]) {
      if (joined.length >= MIN_BLOCK_UNITS && isSafeCut(joined, right.text)) break;
      joined += right.text;
      end++;
    }
    const blocks = this.#cut(joined);
    this.#count += total(blocks) - total(this.#blocks.slice(first, end));
    this.#blocks = this.#blocks.slice(0, first).concat(blocks, this.#blocks.slice(end));
  }

  #cut(text: string, counts?: readonly number[]): Block[] {
    return counterBlocks(text).map((block, index) => ({
      text: block,
      count: counts?.[index] ?? this.#tokenizer.count(block),
    }));
  }
}

function total(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.count, 0);
}
