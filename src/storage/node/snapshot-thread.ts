import { Worker } from 'node:worker_threads';
import type { StoreMedium } from '../medium.js';
import type { SnapshotBuilder } from '../snapshots.js';
import { snapshotHere } from '../snapshots.js';

/** What the thread in `worker.ts` is asked for. */
export interface SnapshotJob {
  readonly directory: string;
  readonly wasmBinary: Uint8Array | undefined;
  /** The last frame that the snapshot holds. */
  readonly seq: number;
  readonly name: string;
}

/** A database up to so many bytes is exported at once, in about 2 ms per MB; starting a thread costs more. */
const SMALL = 8 * 1024 * 1024;

/** Snapshots of a large database are made by the program `script` in a thread. */
export function snapshotInThread(
  medium: StoreMedium,
  script: URL,
  job: Omit<SnapshotJob, 'seq' | 'name'>,
): SnapshotBuilder {
  const here = snapshotHere(medium);
  return (db, position, name) => {
    if (db.bytes <= SMALL) return here(db, position, name);
    return new Promise((resolve, reject) => {
      const workerData: SnapshotJob = { ...job, seq: position.seq, name };
      const worker = new Worker(script, { workerData });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => {
        reject(new Error(`the snapshot thread ended with code ${String(code)}`));
      });
    });
  };
}
