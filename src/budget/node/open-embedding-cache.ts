import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { decodeCache, encodeCache } from '../embedding-cache-sqlite.js';
import {
  type CachedVector,
  EmbeddingCache,
  type EmbeddingCacheFile,
  type EmbeddingCacheOptions,
} from '../embedding-cache.js';

const FILE_NAME = 'embeddings.sqlite';

export interface OpenEmbeddingCacheOptions extends EmbeddingCacheOptions {
  /** Folder of `embeddings.sqlite`, made when missing; without it the cache is in memory. */
  readonly directory?: string;
  /** Gives sql.js; a bundle that knows where its wasm lies passes its own. */
  readonly sqlJs?: () => Promise<SqlJsStatic>;
}

/**
 * Opens the persistent embedding cache of a folder (SPEC §12, Annex A). A file that is damaged or of another format is
 * dropped; one that cannot be read or written leaves a cache in memory and a warning.
 * @throws InvalidArgumentError on limits that are no whole number ≥ 0
 */
export function openEmbeddingCache(options: OpenEmbeddingCacheOptions = {}): Promise<EmbeddingCache> {
  const { directory, sqlJs = loadSqlJs } = options;
  return EmbeddingCache.open(directory === undefined ? null : cacheFile(directory, sqlJs), options);
}

async function loadSqlJs(): Promise<SqlJsStatic> {
  const { default: initSqlJs } = await import('sql.js');
  return initSqlJs();
}

function cacheFile(directory: string, sqlJs: () => Promise<SqlJsStatic>): EmbeddingCacheFile {
  const path = join(directory, FILE_NAME);
  return {
    async load(): Promise<readonly CachedVector[]> {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
      const sql = await sqlJs();
      try {
        return decodeCache(sql, bytes);
      } catch {
        await rm(path, { force: true });
        return [];
      }
    },
    async save(vectors): Promise<void> {
      const bytes = encodeCache(await sqlJs(), vectors);
      await mkdir(directory, { recursive: true });
      await replaceFile(directory, path, bytes);
    },
  };
}

/** Temporary file, fsync, rename, fsync of the folder: a crash leaves the old file or the new one. */
async function replaceFile(directory: string, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // Windows cannot open a folder; there the rename is made durable by the file system's own journal.
  const folder = await open(directory, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
