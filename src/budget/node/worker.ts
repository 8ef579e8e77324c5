/* Reads or writes the embedding cache in a thread of its own, so that tens of MB of SQLite never hold up the extension host. */
import { parentPort, workerData } from 'node:worker_threads';
import { packVectors, unpackVectors } from '../packed-vectors.js';
import { sqliteCacheFile } from './embedding-cache-file.js';
import type { CacheJob } from './embedding-cache-thread.js';

const { directory, save } = workerData as CacheJob;
const file = sqliteCacheFile(directory);
if (save === null) {
  const packed = await packVectors(await file.load());
  parentPort?.postMessage(packed, [packed.numbers.buffer]);
} else {
  await file.save(await unpackVectors(save));
  parentPort?.postMessage(null);
}
