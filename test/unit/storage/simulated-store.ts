import type { SqlJsStatic } from 'sql.js';
import type { Storage } from '../../../src/core/ports/storage.js';
import { openDurableStorage } from '../../../src/storage/durable.js';
import type { DurableStorage } from '../../../src/storage/durable.js';
import type { StoreLock } from '../../../src/storage/lock.js';
import type { FileLayer } from '../../../src/storage/file-layer.js';
import { NodeMedium } from '../../../src/storage/node/node-medium.js';
import { snapshotHere } from '../../../src/storage/snapshots.js';
import { loadSqlJs } from '../../../src/storage/sqljs/load.js';
import { sha256 } from './samples.js';

/** One instance for all simulated stores: loading it takes longer than a test. */
let sql: Promise<SqlJsStatic> | undefined;

/** Log files of the simulation are small, so that a test sees several. */
export const LOG_FILE_BYTES = 6000;

/** A lock that only this test's process wants. */
const free: StoreLock = {
  owner: null,
  tryTake: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};

export async function openSimulated(files: FileLayer, lock: StoreLock | null = free): Promise<DurableStorage> {
  sql ??= loadSqlJs();
  const medium = new NodeMedium(files, LOG_FILE_BYTES);
  return openDurableStorage({
    medium,
    sql: await sql,
    lock,
    sha256,
    buildSnapshot: snapshotHere(medium),
    watch: () => () => undefined,
  });
}

/** The number of commits, which in these tests tells how many batches a store holds. */
export function batchesIn(storage: Storage): number {
  return [...storage.commitHashes()].length;
}
