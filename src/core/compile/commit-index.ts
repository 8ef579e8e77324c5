/** Entries of a chunk: the most that is copied when two contexts part, and what divides the cost of a look-up. */
const CHUNK = 1_024;

/**
 * Commit hash → number of its slot, as an immutable value. Slots are only ever appended and numbered from 0, so an index shares all
 * of its chunks with the one it came from, and an append goes into the last chunk in place: what lies at or above an index's own
 * size belongs to later ones. Where another context already went on from there, the last chunk is copied first.
 */
export class CommitIndex {
  static readonly EMPTY = new CommitIndex([], 0);

  readonly #chunks: readonly Map<string, number>[];
  /** Number of slots. */
  readonly size: number;

  private constructor(chunks: readonly Map<string, number>[], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  /** O(size ÷ 1,024), the newest first. */
  get(commitHash: string): number | undefined {
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      const id = this.#chunks[i]?.get(commitHash);
      if (id !== undefined) return id < this.size ? id : undefined;
    }
    return undefined;
  }

  has(commitHash: string): boolean {
    return this.get(commitHash) !== undefined;
  }

  /** This index with one more commit, whose slot has the number `size`. O(1), or O(1,024) where two contexts part. */
  append(commitHash: string): CommitIndex {
    const chunks = this.#writable();
    chunks.at(-1)?.set(commitHash, this.size);
    return new CommitIndex(chunks, this.size + 1);
  }

  /** The chunks with a last one that ends where this index ends and has room. */
  #writable(): readonly Map<string, number>[] {
    const own = this.size % CHUNK;
    if (own === 0) return [...this.#chunks, new Map<string, number>()];
    const last = this.#chunks.at(-1) ?? new Map<string, number>();
    if (last.size === own) return this.#chunks;
    const copy = new Map<string, number>();
    for (const [hash, id] of last) {
      if (id >= this.size) break;
      copy.set(hash, id);
    }
    return [...this.#chunks.slice(0, -1), copy];
  }
}
