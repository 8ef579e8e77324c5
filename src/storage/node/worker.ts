/*
 * Makes a snapshot in a thread of its own, from the files alone: the log up to a frame that is durable. The thread that writes
 * the store is never held up (issue 4: no longer than 50 ms).
 */
import { parentPort, workerData } from 'node:worker_threads';
import { recover } from '../recover.js';
import { snapshotHere } from '../snapshots.js';
import { loadSqlJs } from '../sqljs/load.js';
import { openFileLayer } from './file-layer.js';
import { NodeMedium } from './node-medium.js';
import type { SnapshotJob } from './snapshot-thread.js';

const job = workerData as SnapshotJob;
const medium = new NodeMedium(await openFileLayer(job.directory, { make: false }));
const { db, position } = await recover(medium, await loadSqlJs(job.wasmBinary), job.seq);
if (position.seq !== job.seq) {
  throw new Error(`the log holds frame ${String(position.seq)} where frame ${String(job.seq)} was expected`);
}
const bytes = await snapshotHere(medium)(db, position, job.name);
await medium.close();
parentPort?.postMessage(bytes);
