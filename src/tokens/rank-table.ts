import { JoinTable } from './join-table.js';

/** Rank of bytes that are no token: larger than every rank, so that the lowest rank can be looked for without a test. */
export const NO_RANK = 0x7fffffff;

/** About 4 ms of reading. */
const TOKENS_PER_STEP = 10_000;
const HASH_FACTOR = 0x01000193;
const SPREAD = 0x9e3779b1;

/** One step of the rolling hash over bytes (or UTF-16 units) that rank table and piece cache share. */
export function hashStep(hash: number, unit: number): number {
  return (Math.imul(hash, HASH_FACTOR) + unit + 1) | 0;
}

/** Slot of a hash in a table of 2 ** (32 − shift) slots. */
export function slotOf(hash: number, shift: number): number {
  return Math.imul(hash ^ (hash >>> 15), SPREAD) >>> shift;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SEXTETS = new Uint8Array(128);
for (let value = 0; value < BASE64.length; value++) SEXTETS[BASE64.charCodeAt(value)] = value;

/**
 * The tokens of one encoding and their ranks, in typed arrays: token bytes end to end, and a hash table with open
 * addressing. Any range of bytes whose hash is known is looked up in O(1), and compared byte by byte before it counts.
 */
export class RankTable {
  /** Which characters the tokens join. */
  readonly joins = new JoinTable();
  /** `HASH_FACTOR` to the power n, for the hash of a range from two prefix hashes. */
  #powers = new Int32Array(0);
  #bytes: Uint8Array;
  /** Bytes and ranks read so far, and bytes of the longest token. */
  #length = 0;
  #rank = 0;
  #maxLength = 0;
  /** Where the bytes of rank n start; one more entry closes the last. */
  readonly #starts: Uint32Array;
  /** Per slot the hash and rank + 1, 0 when empty. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  /** Ranks of tokens of two bytes, by first × 256 + second: the merges every piece begins with. */
  readonly #pairs = new Int32Array(0x10000).fill(NO_RANK);

  private constructor(tokens: number, bytes: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(tokens * 2)));
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 << bits);
    this.#starts = new Uint32Array(tokens + 1);
    this.#bytes = new Uint8Array(bytes);
  }

  /** @param source js-tiktoken's `bpe_ranks`: lines of `! first-rank base64 base64 …`. About 60 ms for the largest encoding. */
  static of(source: string): RankTable {
    const steps = RankTable.inSteps(source);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** The same in steps of a few milliseconds, so that a caller can let others run in between. */
  static *inSteps(source: string): Generator<undefined, RankTable> {
    const table = new RankTable(tokenCount(source), Math.ceil(source.length * 0.75));
    for (const line of source.split('\n')) {
      const header = /^! (\d+) /.exec(line);
      if (header === null) continue;
      table.#skipTo(Number(header[1]));
      for (let at = header[0].length; at < line.length;) {
        yield undefined;
        at = table.#read(line, at);
      }
    }
    table.#close();
    return table;
  }

  /** Bytes of the longest token. */
  get maxLength(): number {
    return this.#maxLength;
  }

  /** Rank of the token of two bytes, NO_RANK if none. */
  pairRank(first: number, second: number): number {
    return this.#pairs[(first << 8) | second] as number;
  }

  /** Rank of `bytes[start, end)`, NO_RANK if that is no token; `prefixHashes[n]` is the hash of the first n bytes. */
  rangeRank(bytes: Uint8Array, prefixHashes: Int32Array, start: number, end: number): number {
    const length = end - start;
    if (length > this.#maxLength) return NO_RANK;
    const before = Math.imul(prefixHashes[start] as number, this.#powers[length] as number);
    const hash = ((prefixHashes[end] as number) - before) | 0;
    const mask = this.#slots.length - 1;
    for (let at = slotOf(hash, this.#shift) * 2; ; at = (at + 2) & mask) {
      const entry = this.#slots[at + 1] as number;
      if (entry === 0) return NO_RANK;
      if (this.#slots[at] === hash && this.#equalsBytes(entry - 1, bytes, start, length)) return entry - 1;
    }
  }

  /** Whether the ASCII characters `text[start, end)` with this hash are one token. */
  hasAscii(text: string, start: number, end: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let at = slotOf(hash, this.#shift) * 2; ; at = (at + 2) & mask) {
      const entry = this.#slots[at + 1] as number;
      if (entry === 0) return false;
      if (this.#slots[at] === hash && this.#equalsAscii(entry - 1, text, start, end - start)) return true;
    }
  }

  /** Ranks up to this one are no tokens. */
  #skipTo(rank: number): void {
    while (this.#rank < rank) this.#starts[this.#rank++] = this.#length;
  }

  /** Adds the next tokens of a line from `at` on, one step of them; where the next step begins. */
  #read(line: string, from: number): number {
    const bytes = this.#bytes;
    let length = this.#length;
    let at = from;
    for (let tokens = 0; tokens < TOKENS_PER_STEP && at < line.length; tokens++, at++) {
      const start = length;
      let bitCount = 0;
      let buffer = 0;
      let hash = 0;
      for (; at < line.length; at++) {
        const code = line.charCodeAt(at);
        if (code === 0x20) break;
        if (code === 0x3d) continue;
        buffer = (buffer << 6) | (SEXTETS[code] as number);
        bitCount += 6;
        if (bitCount >= 8) {
          bitCount -= 8;
          const byte = (buffer >> bitCount) & 255;
          bytes[length++] = byte;
          hash = hashStep(hash, byte);
        }
      }
      const rank = this.#rank++;
      this.#starts[rank] = start;
      this.#insert(hash, rank);
      this.joins.add(bytes, start, length);
      if (length - start === 2) this.#pairs[((bytes[start] as number) << 8) | (bytes[start + 1] as number)] = rank;
      this.#maxLength = Math.max(this.#maxLength, length - start);
    }
    this.#length = length;
    return at;
  }

  #close(): void {
    this.#starts[this.#rank] = this.#length;
    this.#bytes = this.#bytes.slice(0, this.#length);
    this.#powers = new Int32Array(this.#maxLength + 1);
    this.#powers[0] = 1;
    for (let n = 1; n <= this.#maxLength; n++) {
      this.#powers[n] = Math.imul(this.#powers[n - 1] as number, HASH_FACTOR);
    }
  }

  #insert(hash: number, rank: number): void {
    const mask = this.#slots.length - 1;
    let at = slotOf(hash, this.#shift) * 2;
    while (this.#slots[at + 1] !== 0) at = (at + 2) & mask;
    this.#slots[at] = hash;
    this.#slots[at + 1] = rank + 1;
  }

  #equalsBytes(rank: number, bytes: Uint8Array, start: number, length: number): boolean {
    const tokenStart = this.#starts[rank] as number;
    if ((this.#starts[rank + 1] as number) - tokenStart !== length) return false;
    for (let n = 0; n < length; n++) if (this.#bytes[tokenStart + n] !== bytes[start + n]) return false;
    return true;
  }

  #equalsAscii(rank: number, text: string, start: number, length: number): boolean {
    const tokenStart = this.#starts[rank] as number;
    if ((this.#starts[rank + 1] as number) - tokenStart !== length) return false;
    for (let n = 0; n < length; n++) if (this.#bytes[tokenStart + n] !== text.charCodeAt(start + n)) return false;
    return true;
  }
}

/** One more than the highest rank of the source. */
function tokenCount(source: string): number {
  let highest = 0;
  for (const line of source.split('\n')) {
    const header = /^! (\d+) /.exec(line);
    if (header === null) continue;
    let tokens = 1;
    for (let at = line.indexOf(' ', header[0].length); at !== -1; at = line.indexOf(' ', at + 1)) tokens++;
    highest = Math.max(highest, Number(header[1]) + tokens);
  }
  return highest;
}
