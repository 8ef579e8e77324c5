/** Items of a chunk: what is copied when one of them changes. */
const BITS = 8;
const CHUNK = 1 << BITS;

/**
 * Items by their number, as an immutable value. Lists share the chunks in which they do not differ, and an append goes into the last
 * chunk in place: what lies at or above a list's own size belongs to later ones. Where another list already went on from there, the
 * last chunk is copied first. (A list of `immutable` takes ten times as long to fill in a new process.)
 */
export class ChunkedList<T> {
  static readonly EMPTY = new ChunkedList<never>([], 0);

  readonly #chunks: readonly T[][];
  readonly size: number;

  private constructor(chunks: readonly T[][], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  /** O(items). */
  static of<T>(items: readonly T[]): ChunkedList<T> {
    const chunks: T[][] = [];
    for (let from = 0; from < items.length; from += CHUNK) chunks.push(items.slice(from, from + CHUNK));
    return new ChunkedList(chunks, items.length);
  }

  /** O(1); undefined for a number that is none of this list's. */
  get(id: number): T | undefined {
    return id < this.size ? this.#chunks[id >> BITS]?.[id & (CHUNK - 1)] : undefined;
  }

  /** This list with one more item. O(1), or O(256) where two lists part. */
  push(item: T): ChunkedList<T> {
    const chunks = this.#writable();
    chunks[chunks.length - 1]?.push(item);
    return new ChunkedList(chunks, this.size + 1);
  }

  /** This list with another item at `id`, which must be one of its numbers. O(256 + size ÷ 256). */
  set(id: number, item: T): ChunkedList<T> {
    const at = id >> BITS;
    const chunks = this.#chunks.slice();
    const chunk = this.#own(at);
    chunk[id & (CHUNK - 1)] = item;
    chunks[at] = chunk;
    return new ChunkedList(chunks, this.size);
  }

  /** O(size). */
  toArray(): T[] {
    return ([] as T[]).concat(...this.#chunks.map((_, at) => this.#own(at)));
  }

  /** The chunks with a last one that ends where this list ends and has room. */
  #writable(): readonly T[][] {
    const own = this.size & (CHUNK - 1);
    if (own === 0) return [...this.#chunks, []];
    const last = this.#chunks.length - 1;
    return this.#chunks[last]?.length === own ? this.#chunks : [...this.#chunks.slice(0, -1), this.#own(last)];
  }

  /** A copy of a chunk without what other lists appended to it. */
  #own(at: number): T[] {
    return this.#chunks[at]?.slice(0, this.size - (at << BITS)) ?? [];
  }
}
