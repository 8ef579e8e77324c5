import { type Embedder, embeddingKey, embeddingText, queryText } from './embedder.js';
import { createPacer } from './pacer.js';

/** Why a selection was ranked by words and not by meaning (SPEC §12). */
export type FallbackReason =
  'disabled' | 'unavailable' | 'cap_exceeded' | 'api_error' | 'bad_response' | 'cancelled' | 'nothing_to_rank';

/** What the semantic ranking needs of a cache; implemented by `EmbeddingCache`. */
export interface VectorCache {
  get(key: string): Float32Array | undefined;
  put(entries: ReadonlyMap<string, Float32Array>): Promise<void>;
}

/** Outcome of one ranking: the scores, or the reason why there are none. `hits` and `misses` count files. */
export interface SemanticRanking {
  readonly scores: readonly number[] | null;
  readonly hits: number;
  readonly misses: number;
  readonly calls: number;
  readonly fallbackReason: FallbackReason | null;
}

interface SemanticRequest {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly query: string;
  /** 0 = disabled, −1 = unlimited, n = at most n calls of `embed`. */
  readonly callCap: number;
  readonly embedder: Embedder | undefined;
  readonly cache: VectorCache | undefined;
  readonly signal: AbortSignal;
}

/** Texts per provider call: with 2,000 code points each it stays below every known limit of tokens per request. */
export const TEXTS_PER_CALL = 64;

class BadResponseError extends Error {}

/**
 * Ranks files by the cosine between their embedding and the query's (SPEC §12). The query goes into the same calls as the
 * files. Nothing is partly semantic: calls are counted before the first is made, and one bad answer gives up the whole.
 * Vectors are stored when all have arrived and passed the checks, so a failed ranking leaves the cache as it was. Vectors
 * are 32-bit floats here as in the cache, so that a warm ranking equals the cold one. Never rejects.
 */
export async function rankSemantically(request: SemanticRequest): Promise<SemanticRanking> {
  const { files, query, callCap, embedder, cache, signal } = request;
  const fallback = (fallbackReason: FallbackReason, hits = 0, misses = 0, calls = 0): SemanticRanking => ({
    scores: null,
    hits,
    misses,
    calls,
    fallbackReason,
  });
  if (callCap === 0) return fallback('disabled');
  if (embedder === undefined) return fallback('unavailable');
  if (files.length === 0 || query.trim() === '') return fallback('nothing_to_rank');
  if (isAborted(signal)) return fallback('cancelled');

  const pace = createPacer();
  const vectors = new Map<string, Float32Array>();
  const missing = new Map<string, string>();
  const lookUp = (text: string): string => {
    const key = embeddingKey(text, embedder.model, embedder.dimensions);
    if (vectors.has(key) || missing.has(key)) return key;
    const cached = cache?.get(key);
    if (cached?.length === embedder.dimensions) vectors.set(key, cached);
    else missing.set(key, text);
    return key;
  };
  const queryKey = lookUp(queryText(query));
  const keys: string[] = [];
  let hits = 0;
  for (const file of files) {
    const key = lookUp(embeddingText(file.path, file.content));
    keys.push(key);
    if (vectors.has(key)) hits++;
    await pace();
  }
  const misses = files.length - hits;

  const entries = [...missing];
  if (callCap !== -1 && Math.ceil(entries.length / TEXTS_PER_CALL) > callCap) {
    return fallback('cap_exceeded', hits, misses);
  }
  const fresh = new Map<string, Float32Array>();
  let calls = 0;
  for (let from = 0; from < entries.length; from += TEXTS_PER_CALL) {
    if (isAborted(signal)) return fallback('cancelled', hits, misses, calls);
    const batch = entries.slice(from, from + TEXTS_PER_CALL);
    try {
      calls++;
      const answer = await untilAborted(
        embedder.embed(
          batch.map(([, text]) => text),
          { signal },
        ),
        signal,
      );
      const checked = checkVectors(answer, batch.length, embedder.dimensions);
      batch.forEach(([key], i) => fresh.set(key, checked[i] ?? new Float32Array()));
    } catch (error) {
      const reason = isAborted(signal) ? 'cancelled' : error instanceof BadResponseError ? 'bad_response' : 'api_error';
      return fallback(reason, hits, misses, calls);
    }
  }
  // An abort after the last answer changes nothing any more: the ranking is whole and paid for.
  if (fresh.size > 0) await cache?.put(fresh);
  const vectorOf = (key: string): Float32Array => fresh.get(key) ?? vectors.get(key) ?? new Float32Array();
  const queryVector = vectorOf(queryKey);
  const scores: number[] = [];
  for (const key of keys) {
    scores.push(cosine(queryVector, vectorOf(key)));
    await pace();
  }
  return { scores, hits, misses, calls, fallbackReason: null };
}

/** As a call, because the flag changes between awaits, which the type checker's narrowing does not know. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Settles with `work`, or rejects as soon as `signal` aborts: an embedder that ignores its signal must not hold us. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(new Error('aborted'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function checkVectors(answer: unknown, count: number, dimensions: number): Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== count) throw new BadResponseError('wrong number of vectors');
  return Array.from(answer as unknown[], (vector) => {
    if (!Array.isArray(vector) && !(vector instanceof Float32Array) && !(vector instanceof Float64Array)) {
      throw new BadResponseError('not a vector');
    }
    const numbers: readonly unknown[] | Float32Array | Float64Array = vector;
    if (numbers.length !== dimensions) throw new BadResponseError('wrong dimension');
    const checked = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) {
      const value = numbers[i];
      if (typeof value !== 'number') throw new BadResponseError('not a number');
      checked[i] = value;
      // Also refuses what is finite as a double but not as a 32-bit float.
      if (!Number.isFinite(checked[i])) throw new BadResponseError('not finite');
    }
    return checked;
  });
}

/** Cosine of two vectors of one length, −1 … 1; 0 when either has no direction. */
function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (aa === 0 || bb === 0) return 0;
  return Math.max(-1, Math.min(1, dot / (Math.sqrt(aa) * Math.sqrt(bb))));
}
