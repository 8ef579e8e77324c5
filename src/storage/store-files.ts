import { StoreBackupError, StoreWriteError } from './errors.js';
import type { FileLayer } from './file-layer.js';
import type { FilePosition, StoreMedium } from './medium.js';
import { listStore, logName, snapshotName } from './medium.js';
import type { MetadataDatabase } from './sqljs/database.js';

/** Bytes on the disk and what they are for. */
export interface StoreSizes {
  readonly logBytes: number;
  readonly snapshotBytes: number;
  readonly databaseBytes: number;
  readonly contents: number;
  readonly contentBytes: number;
  /** Damaged files kept for a person to look at, by name. */
  readonly setAside: readonly string[];
  /** What an acknowledged write survives. */
  readonly durability: StoreMedium['durability'];
}

const CHUNK = 4 * 1024 * 1024;

export async function measureStore(medium: StoreMedium, db: MetadataDatabase): Promise<StoreSizes> {
  const { logs, snapshots, others } = await listStore(medium);
  let contents = 0;
  let contentBytes = 0;
  for (const { bytes } of db.graph.allPlaces()) {
    contents++;
    contentBytes += bytes;
  }
  return {
    logBytes: logs.reduce((sum, { size }) => sum + size, 0),
    snapshotBytes: snapshots.reduce((sum, { size }) => sum + size, 0),
    databaseBytes: db.bytes,
    contents,
    contentBytes,
    setAside: others.filter((name) => name.includes('.damaged-')),
    durability: medium.durability,
  };
}

/** Copies log and snapshots into an empty folder, up to `end`; the snapshots come last, so that a copy cut off is still a store. */
export async function copyStore(medium: StoreMedium, end: FilePosition, target: FileLayer): Promise<void> {
  const there = await target.list();
  if (there.length > 0) {
    throw new StoreBackupError(
      `The folder is not empty (${there[0]?.name ?? ''} …). Nothing was written. Choose an empty folder for the copy.`,
    );
  }
  const { logs, snapshots } = await listStore(medium);
  const files = [
    ...logs
      .filter(({ number }) => number <= end.file)
      .map(({ number, size }) => ({ name: logName(number), size: number === end.file ? end.offset : size })),
    ...snapshots.map(({ number, size }) => ({ name: snapshotName(number), size })),
  ];
  for (const { name, size } of files) {
    try {
      await target.create(name);
      for (let offset = 0; offset < size; offset += CHUNK) {
        await target.write(name, offset, await medium.read(name, offset, Math.min(CHUNK, size - offset)));
      }
      await target.sync(name);
    } catch (error) {
      throw new StoreWriteError(error);
    }
  }
  await target.syncDirectory();
}
