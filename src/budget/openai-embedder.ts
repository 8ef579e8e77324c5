import OpenAI from 'openai';
import { InvalidArgumentError } from '../core/model/errors.js';
import type { Embedder } from './embedder.js';

export interface OpenAiEmbedderOptions {
  /** Null for servers that want none, such as a local Ollama; no Authorization header is then sent. */
  readonly apiKey: string | null;
  readonly model: string;
  /** `http(s)://…/v1`; default OpenAI's own. */
  readonly baseURL?: string;
  /** Length of the vectors. May be left out for the models whose length is known here. */
  readonly dimensions?: number;
  /** Milliseconds for one call; default 60,000. */
  readonly timeoutMs?: number;
}

/** Full vector length of widely used models. */
const KNOWN_DIMENSIONS: ReadonlyMap<string, number> = new Map([
  ['text-embedding-3-small', 1536],
  ['text-embedding-3-large', 3072],
  ['text-embedding-ada-002', 1536],
  ['nomic-embed-text', 768],
  ['mxbai-embed-large', 1024],
  ['all-minilm', 384],
  ['bge-m3', 1024],
]);

/**
 * An embedder over OpenAI's `/embeddings` and whatever speaks it (SPEC §12), by the official client, which uses the host's
 * `fetch` and so VS Code's proxy settings. One `embed` is one request: the client's own retries are off, because a call
 * cap counts provider calls. A shorter vector than the model's full one is asked for only when `dimensions` says so.
 * @throws InvalidArgumentError on a base URL that is not http(s), or dimensions that are missing or not positive
 */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { apiKey, model, baseURL = 'https://api.openai.com/v1', timeoutMs = 60_000 } = options;
  const full = KNOWN_DIMENSIONS.get(model.replace(/:latest$/, ''));
  const dimensions = options.dimensions ?? full;
  if (dimensions === undefined || !Number.isSafeInteger(dimensions) || dimensions < 1) {
    throw new InvalidArgumentError(
      `Say how long the vectors of embedding model '${model}' are: dimensions must be a whole number ≥ 1.`,
    );
  }
  if (!URL.canParse(baseURL) || !/^https?:$/.test(new URL(baseURL).protocol)) {
    throw new InvalidArgumentError('The base URL of the embeddings endpoint must start with http:// or https://.');
  }
  const client = new OpenAI({
    // The client insists on a key; without one the header is taken out again.
    apiKey: apiKey ?? 'none',
    ...(apiKey === null && { defaultHeaders: { Authorization: null } }),
    baseURL,
    maxRetries: 0,
    timeout: timeoutMs,
    // Nothing from the environment goes to an endpoint that the person chose, and no request body into a log.
    organization: null,
    project: null,
    logLevel: 'off',
    dangerouslyAllowBrowser: true,
  });
  const shortened = full !== undefined && dimensions !== full;
  return {
    id: `${new URL(baseURL).host}/${model}`,
    model,
    dimensions,
    async embed(texts, { signal }) {
      const body = { model, input: texts, encoding_format: 'float' as const, ...(shortened && { dimensions }) };
      const answer = await client.embeddings.create(body, { signal });
      return inOrder(answer.data, texts.length);
    },
  };
}

/** Vectors by the index the server gave them. What is missing stays missing: the selection's checks refuse it. */
function inOrder(data: unknown, count: number): number[][] {
  if (!Array.isArray(data)) return [];
  const items = data as readonly { readonly index?: number; readonly embedding: number[] }[];
  const byIndex = new Map(items.map(({ index, embedding }, position) => [index ?? position, embedding]));
  return Array.from({ length: count }, (_, index) => byIndex.get(index)).filter((vector) => vector !== undefined);
}
