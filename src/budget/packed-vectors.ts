import type { CachedVector } from './embedding-cache.js';
import { createPacer } from './pacer.js';

/** Many vectors in two blocks of memory, which go to another thread without being copied one by one. */
export interface PackedVectors {
  readonly keys: readonly string[];
  /** Numbers in each vector. */
  readonly lengths: readonly number[];
  /** The vectors one after the other. */
  readonly numbers: Float32Array<ArrayBuffer>;
}

/** Copies vectors into one block, pausing for the event loop. O(numbers). */
export async function packVectors(vectors: readonly CachedVector[]): Promise<PackedVectors> {
  const lengths = vectors.map(({ vector }) => vector.length);
  const numbers = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  const pace = createPacer();
  let from = 0;
  for (const { vector } of vectors) {
    numbers.set(vector, from);
    from += vector.length;
    await pace();
  }
  return { keys: vectors.map(({ key }) => key), lengths, numbers };
}

/** The vectors that {@link packVectors} was given, in its order, each in memory of its own. Pauses for the event loop. */
export async function unpackVectors({ keys, lengths, numbers }: PackedVectors): Promise<CachedVector[]> {
  const vectors: CachedVector[] = [];
  const pace = createPacer();
  let from = 0;
  for (const [index, key] of keys.entries()) {
    const to = from + (lengths[index] ?? 0);
    vectors.push({ key, vector: numbers.slice(from, to) });
    from = to;
    await pace();
  }
  return vectors;
}
