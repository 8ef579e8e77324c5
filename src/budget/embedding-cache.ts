import { LRUCache } from 'lru-cache';
import { shownValue } from '../core/model/arguments.js';
import { InvalidArgumentError } from '../core/model/errors.js';
import type { VectorCache } from './semantic.js';

/** One stored vector; `key` is 64 hex digits (see `embeddingKey`). */
export interface CachedVector {
  readonly key: string;
  readonly vector: Float32Array;
}

/** Where a cache keeps its vectors between runs. `load` gives them least recently used first, as `save` got them. */
export interface EmbeddingCacheFile {
  load(): Promise<readonly CachedVector[]>;
  /** Replaces what is stored, wholly or not at all. */
  save(vectors: readonly CachedVector[]): Promise<void>;
}

export interface EmbeddingCacheOptions {
  /** At most this many vectors, 0 … 1,000,000; default 20,000. */
  readonly maxEntries?: number;
  /** At most this many bytes of keys (32 each) and vectors (4 per dimension); default 64 MiB. */
  readonly maxBytes?: number;
  /** Told when the file cannot be read or written; the cache then goes on in memory. */
  readonly warn?: (message: string) => void;
}

const DEFAULT_ENTRIES = 20_000;
const DEFAULT_BYTES = 64 * 1024 * 1024;
const MOST_ENTRIES = 1_000_000;
const KEY_BYTES = 32;
/** A write costs the whole file: below this size it is made at once, above it waits for a pause, unless much is new. */
const CHEAP_BYTES = 4 * 1024 * 1024;
const NEW_SHARE = 8;
const QUIET_MS = 2000;

const sizeOf = (vector: Float32Array): number => KEY_BYTES + vector.byteLength;

/**
 * Vectors that came from a provider, least recently used first out, bounded by entries and bytes (SPEC §12). All of it is
 * in memory; with a file it survives a restart. Nothing here rejects: a cache that fails is a slower cache.
 */
export class EmbeddingCache implements VectorCache {
  readonly #vectors: LRUCache<string, Float32Array> | null;
  #unsavedBytes = 0;
  #touched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(
    private readonly file: EmbeddingCacheFile | null,
    maxEntries: number,
    maxBytes: number,
    private readonly warn: (message: string) => void,
  ) {
    // lru-cache reads 0 as "no limit"; here it means that nothing is kept.
    const holds = maxEntries > 0 && maxBytes > 0;
    this.#vectors = holds
      ? new LRUCache({ max: maxEntries, maxSize: maxBytes, maxEntrySize: maxBytes, sizeCalculation: sizeOf })
      : null;
  }

  /**
   * Opens a cache over `file`, or in memory when it is null.
   * @throws InvalidArgumentError on limits that are no whole number ≥ 0
   */
  static async open(file: EmbeddingCacheFile | null, options: EmbeddingCacheOptions = {}): Promise<EmbeddingCache> {
    const { maxEntries = DEFAULT_ENTRIES, maxBytes = DEFAULT_BYTES, warn = () => undefined } = options;
    checkLimit('maxEntries', maxEntries);
    checkLimit('maxBytes', maxBytes);
    const cache = new EmbeddingCache(file, Math.min(maxEntries, MOST_ENTRIES), maxBytes, warn);
    try {
      for (const { key, vector } of (await file?.load()) ?? []) cache.#vectors?.set(key, vector);
    } catch (error) {
      warn(`The embedding cache could not be read and starts empty: ${String(error)}`);
    }
    return cache;
  }

  /** Number of vectors held. */
  get size(): number {
    return this.#vectors?.size ?? 0;
  }

  /** Bytes of keys and vectors held. */
  get bytes(): number {
    return this.#vectors?.calculatedSize ?? 0;
  }

  /** The vector stored under `key`, which thereby becomes the most recently used. Do not write to it. */
  get(key: string): Float32Array | undefined {
    const vector = this.#vectors?.get(key);
    if (vector !== undefined) this.#touched = true;
    return vector;
  }

  /**
   * Stores vectors. Resolves once they are on disk when that is cheap (a small file, or much of it new); otherwise they are
   * written after two seconds without another `put`, and on {@link close}.
   */
  async put(entries: ReadonlyMap<string, Float32Array>): Promise<void> {
    if (this.#closed) return;
    for (const [key, vector] of entries) {
      this.#vectors?.set(key, vector);
      this.#unsavedBytes += sizeOf(vector);
    }
    if (this.file === null || this.#unsavedBytes === 0) return;
    if (this.bytes <= CHEAP_BYTES || this.#unsavedBytes * NEW_SHARE >= this.bytes) return this.flush();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), QUIET_MS);
    // In Node a waiting write must not keep the process alive; browsers' timers are plain numbers.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  /** Writes what is new, and waits until it is on disk. One write at a time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#writing = this.#writing.then(() => this.#save());
    return this.#writing;
  }

  /** Writes what is new, the order of use included. Vectors put afterwards are dropped. */
  async close(): Promise<void> {
    if (this.#touched) this.#unsavedBytes ||= 1;
    this.#closed = true;
    await this.flush();
  }

  async #save(): Promise<void> {
    if (this.file === null || this.#unsavedBytes === 0) return;
    const unsaved = this.#unsavedBytes;
    this.#unsavedBytes = 0;
    this.#touched = false;
    try {
      const vectors: CachedVector[] = [];
      // forEach goes from the most to the least recently used.
      this.#vectors?.forEach((vector, key) => vectors.push({ key, vector }));
      await this.file.save(vectors.reverse());
    } catch (error) {
      this.#unsavedBytes += unsaved;
      this.warn(`The embedding cache could not be written; it stays in memory: ${String(error)}`);
    }
  }
}

function checkLimit(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new InvalidArgumentError(`${name} must be a whole number ≥ 0, got ${shownValue(value)}.`);
}
