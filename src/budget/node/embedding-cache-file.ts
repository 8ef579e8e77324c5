import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import type { EmbeddingCacheFile } from '../embedding-cache.js';
import { decodeCache, encodeCache } from '../embedding-cache-sqlite.js';

export const CACHE_FILE = 'embeddings.sqlite';
/** A file being written, with the process that writes it. */
const TEMPORARY = /^embeddings\.sqlite\.(\d+)-[0-9a-f-]+\.tmp$/;

/** The cache's SQLite file in `directory`. A file that is damaged or of another format is dropped when it is loaded. */
export function sqliteCacheFile(directory: string): EmbeddingCacheFile {
  const path = join(directory, CACHE_FILE);
  return {
    async load() {
      await removeLeftovers(directory);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
      const sql = await initSqlJs();
      try {
        return decodeCache(sql, bytes);
      } catch {
        await rm(path, { force: true });
        return [];
      }
    },
    async save(vectors) {
      const bytes = encodeCache(await initSqlJs(), vectors);
      await mkdir(directory, { recursive: true });
      await replaceFile(directory, path, bytes);
    },
  };
}

/** Files that a process was killed over; those of living processes are theirs. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
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
