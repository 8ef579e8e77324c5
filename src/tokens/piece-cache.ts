import { slotOf } from './rank-table.js';

/** Longer pieces seldom come twice. */
export const CACHED_PIECE_UNITS = 256;

const SLOT_BITS = 16;
const SHIFT = 32 - SLOT_BITS;
/** Three quarters of the slots: beyond that, probing gets long. */
const MAX_PIECES = 3 << (SLOT_BITS - 2);
const ARENA_UNITS = 1 << 20;
const COUNT_BITS = 12;

/**
 * Token counts of pieces that are not one token, most recent generation only: when full it starts again empty. Keeps
 * copies of the UTF-16 units (3 MB at most), since a substring as a key would hold on to the whole text it came from.
 */
export class PieceCache {
  /** Per slot: hash, start in the arena, length << COUNT_BITS | count; the last is 0 when the slot is empty. */
  readonly #slots = new Int32Array(3 << SLOT_BITS);
  readonly #arena = new Uint16Array(ARENA_UNITS);
  #arenaLength = 0;
  #pieces = 0;

  /** Tokens of `text[start, end)`, which has this hash over its UTF-16 units; 0 when not known. */
  get(text: string, start: number, end: number, hash: number): number {
    for (let slot = slotOf(hash, SHIFT); ; slot = (slot + 1) & ((1 << SLOT_BITS) - 1)) {
      const entry = this.#slots[slot * 3 + 2] as number;
      if (entry === 0) return 0;
      if (this.#slots[slot * 3] !== hash || entry >> COUNT_BITS !== end - start) continue;
      if (this.#equals(this.#slots[slot * 3 + 1] as number, text, start, end - start)) {
        return entry & ((1 << COUNT_BITS) - 1);
      }
    }
  }

  /** Remembers a piece of at most CACHED_PIECE_UNITS units that is not in the cache. */
  add(text: string, start: number, end: number, hash: number, count: number): void {
    if (this.#pieces === MAX_PIECES || this.#arenaLength + end - start > ARENA_UNITS) this.#clear();
    let slot = slotOf(hash, SHIFT);
    while (this.#slots[slot * 3 + 2] !== 0) slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
    this.#slots[slot * 3] = hash;
    this.#slots[slot * 3 + 1] = this.#arenaLength;
    this.#slots[slot * 3 + 2] = ((end - start) << COUNT_BITS) | count;
    for (let index = start; index < end; index++) this.#arena[this.#arenaLength++] = text.charCodeAt(index);
    this.#pieces++;
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#arenaLength = 0;
    this.#pieces = 0;
  }

  #equals(at: number, text: string, start: number, length: number): boolean {
    for (let n = 0; n < length; n++) if (this.#arena[at + n] !== text.charCodeAt(start + n)) return false;
    return true;
  }
}
