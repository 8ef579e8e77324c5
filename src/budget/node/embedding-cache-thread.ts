import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmbeddingCacheFile } from '../embedding-cache.js';
import { packVectors, unpackVectors, type PackedVectors } from '../packed-vectors.js';
import { CACHE_FILE, sqliteCacheFile } from './embedding-cache-file.js';

/** What the thread in `worker.ts` is asked for: to write `save`, or, when it is null, to answer with what the file holds. */
export interface CacheJob {
  readonly directory: string;
  readonly save: PackedVectors | null;
}

/** SQLite takes about 10 ms per MB; up to here that is less than a thread costs. */
const SMALL = 1024 * 1024;

/** The file of {@link sqliteCacheFile}; a large one is read and written by the program `script` in a thread. */
export function cacheFileInThread(script: URL, directory: string): EmbeddingCacheFile {
  const here = sqliteCacheFile(directory);
  return {
    async load() {
      const size = await stat(join(directory, CACHE_FILE)).then(
        (stats) => stats.size,
        () => 0,
      );
      if (size <= SMALL) return here.load();
      return unpackVectors((await run(script, { directory, save: null })) as PackedVectors);
    },
    async save(vectors) {
      if (vectors.reduce((sum, { vector }) => sum + vector.byteLength, 0) <= SMALL) return here.save(vectors);
      await run(script, { directory, save: await packVectors(vectors) });
    },
  };
}

/** What the thread answers with. @throws Error with its message when it fails */
function run(script: URL, workerData: CacheJob): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const transferList = workerData.save === null ? [] : [workerData.save.numbers.buffer];
    const worker = new Worker(script, { workerData, transferList });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the thread of the embedding cache ended with code ${String(code)}`));
    });
  });
}
