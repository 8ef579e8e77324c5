import { existsSync } from 'node:fs';
import { checkOptions, TEXT } from '../../core/model/arguments.js';
import { EmbeddingCache, type EmbeddingCacheOptions } from '../embedding-cache.js';
import { sqliteCacheFile } from './embedding-cache-file.js';
import { cacheFileInThread } from './embedding-cache-thread.js';

export interface OpenEmbeddingCacheOptions extends EmbeddingCacheOptions {
  /** Folder of `embeddings.sqlite`, made when missing; without it the cache is in memory. */
  readonly directory?: string;
  /** The program of the thread for a large file. Default: `budget-worker.mjs` beside the bundle, if there is one; else no thread. */
  readonly worker?: URL;
}

/**
 * Opens the persistent embedding cache of a folder (SPEC §12, Annex A). A file that is damaged or of another format is
 * dropped; one that cannot be read or written leaves a cache in memory and a warning.
 * @throws InvalidArgumentError on limits that are no whole number ≥ 0
 */
export function openEmbeddingCache(options: OpenEmbeddingCacheOptions = {}): Promise<EmbeddingCache> {
  checkOptions(options, { directory: TEXT }, 'Nothing was opened.');
  const { directory } = options;
  if (directory === undefined) return EmbeddingCache.open(null, options);
  const bundled = new URL('budget-worker.mjs', import.meta.url);
  const script = options.worker ?? (existsSync(bundled) ? bundled : undefined);
  const file = script === undefined ? sqliteCacheFile(directory) : cacheFileInThread(script, directory);
  return EmbeddingCache.open(file, options);
}
