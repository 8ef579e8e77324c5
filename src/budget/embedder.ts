import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { firstCodePoints } from './estimate.js';

/** A provider of text embeddings (SPEC Annex A). */
export interface Embedder {
  readonly id: string;
  /** The provider's name of the model; part of every cache key. */
  readonly model: string;
  /** Length of every vector. An answer of another length is refused. */
  readonly dimensions: number;
  /** One provider call: a vector per text, in order. Rejects when the call fails or `signal` aborts. */
  embed(texts: string[], options: { signal: AbortSignal }): Promise<number[][]>;
}

/** Version of {@link embeddingText}; a change of what is sent makes every cached vector a miss. */
export const EMBEDDING_RECIPE = 1;
/** How much of a file is sent: a model of 2,048 tokens takes this many code points of any language. */
const CONTENT_CODE_POINTS = 2000;

const LONE_SURROGATE = /\p{Surrogate}/gu;
const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');

/** The text sent for a file: its path, a line break, and the first 2,000 code points of its content. */
export function embeddingText(path: string, content: string): string {
  return wellFormed(`${path}\n${firstCodePoints(content, CONTENT_CODE_POINTS)}`);
}

/** The text sent for a query: its first 2,000 code points. */
export function queryText(query: string): string {
  return wellFormed(firstCodePoints(query, CONTENT_CODE_POINTS));
}

/** Cache key (SPEC §12): SHA-256 hex of recipe version, model, dimensions and the exact text sent. */
export function embeddingKey(text: string, model: string, dimensions: number, recipe = EMBEDDING_RECIPE): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([recipe, model, dimensions, text]))));
}
