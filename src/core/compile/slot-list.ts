import type { Slot } from './snapshot.js';

/** Slots of a chunk: what is copied when one of them changes. */
const BITS = 8;
const CHUNK = 1 << BITS;

/**
 * The slots of a fold by their number, as an immutable value. Lists share the chunks in which they do not differ, and an append
 * goes into the last chunk in place: what lies at or above a list's own size belongs to later ones. Where another list already
 * went on from there, the last chunk is copied first. (A list of `immutable` takes ten times as long to fill in a new process.)
 */
export class SlotList {
  static readonly EMPTY = new SlotList([], 0);

  readonly #chunks: readonly Slot[][];
  readonly size: number;

  private constructor(chunks: readonly Slot[][], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  /** O(1); undefined for a number that is none of this list's. */
  get(id: number): Slot | undefined {
    return id < this.size ? this.#chunks[id >> BITS]?.[id & (CHUNK - 1)] : undefined;
  }

  /** This list with one more slot. O(1), or O(256) where two lists part. */
  push(slot: Slot): SlotList {
    const chunks = this.#writable();
    chunks[chunks.length - 1]?.push(slot);
    return new SlotList(chunks, this.size + 1);
  }

  /** This list with another slot at `id`, which must be one of its numbers. O(256 + size ÷ 256). */
  set(id: number, slot: Slot): SlotList {
    const at = id >> BITS;
    const chunks = this.#chunks.slice();
    chunks[at] = this.#own(at).with(id & (CHUNK - 1), slot);
    return new SlotList(chunks, this.size);
  }

  /** O(size). */
  toArray(): Slot[] {
    return this.#chunks.flatMap((_, at) => this.#own(at));
  }

  /** The chunks with a last one that ends where this list ends and has room. */
  #writable(): readonly Slot[][] {
    const own = this.size & (CHUNK - 1);
    if (own === 0) return [...this.#chunks, []];
    const last = this.#chunks.length - 1;
    return this.#chunks[last]?.length === own ? this.#chunks : [...this.#chunks.slice(0, -1), this.#own(last)];
  }

  /** A copy of a chunk without what other lists appended to it. */
  #own(at: number): Slot[] {
    return this.#chunks[at]?.slice(0, this.size - (at << BITS)) ?? [];
  }
}
