import type { Storage } from '../core/ports/storage.js';
import type { ContentReader } from './content-reader.js';
import { systemCodeOf } from './errors.js';
import { FILE_HEADER, readFileHeader } from './journal/frame.js';
import type { ContentPlace } from './journal/place.js';
import { scanLog } from './journal/scan.js';
import { readSnapshot } from './journal/snapshot-file.js';
import type { StoreMedium } from './medium.js';
import { listStore, logName, snapshotName } from './medium.js';
import type { MetadataDatabase } from './sqljs/database.js';

export type Problem = Awaited<ReturnType<Storage['check']>>[number];
export type Sha256 = (text: string) => string;

/** Contents hashed before other work gets its turn. */
const SLICE_BYTES = 2 * 1024 * 1024;
const SLICE_CONTENTS = 500;

/**
 * Checks the database by SQLite's own means and reads and re-hashes every content (SPEC §9.8). O(store), in slices that
 * let other work in. `pending` are hashes whose text is on its way to the disk.
 */
export async function checkStore(
  medium: StoreMedium,
  db: MetadataDatabase,
  reader: ContentReader,
  sha256: Sha256,
  pending: (contentHash: string) => boolean,
): Promise<readonly Problem[]> {
  const problems: Problem[] = db
    .integrity()
    .map((detail) => ({ severity: 'error', code: 'DATABASE_DAMAGED', detail, repaired: false }));
  let slice: ContentPlace[] = [];
  let bytes = 0;
  const checkSlice = async (): Promise<void> => {
    const found = new Map<string, string>();
    const missing = await reader.read(slice, found);
    for (const { place, error } of missing) {
      if (pending(place.contentHash)) continue;
      const what =
        error === null ? 'is damaged in its log file' : `cannot be read from its log file (${reasonOf(error)})`;
      problems.push(unreadable(place.contentHash, what));
    }
    for (const [contentHash, text] of found) {
      if (sha256(text) !== contentHash) problems.push(unreadable(contentHash, 'is not the text its hash names'));
    }
    slice = [];
    bytes = 0;
  };
  for (const place of [...db.graph.allPlaces()]) {
    slice.push(place);
    bytes += place.bytes;
    if (bytes >= SLICE_BYTES || slice.length >= SLICE_CONTENTS) await checkSlice();
  }
  await checkSlice();
  problems.push(...(await checkFiles(medium)));
  return problems;
}

/** Damage to what is kept for the case that something else is damaged: older snapshots, the log behind them. */
async function checkFiles(medium: StoreMedium): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const spare = (code: string, name: string): void => {
    problems.push({ severity: 'warning', code, detail: `${name} is damaged; nothing needs it now`, repaired: false });
  };
  const { logs, snapshots } = await listStore(medium);
  for (const { number, size } of snapshots) {
    const bytes = await medium.read(snapshotName(number), 0, size).catch(() => new Uint8Array(0));
    if (readSnapshot(bytes, medium.crc32) === undefined) spare('SNAPSHOT_DAMAGED', snapshotName(number));
  }
  for (const { number, size } of logs) {
    const bytes = await medium.read(logName(number), 0, size).catch(() => new Uint8Array(0));
    const scan = scanLog(bytes.subarray(FILE_HEADER), FILE_HEADER, number, medium.crc32);
    // The last file may end in a frame that is being written, and is begun again when it holds none.
    const last = number === logs.at(-1)?.number;
    const torn = scan.tornBytes > 0 && !last;
    const begun = !last || scan.frames.length > 0;
    const headless = begun && readFileHeader(bytes, number, medium.crc32) === undefined;
    if (headless || torn || scan.damaged.length > 0) spare('LOG_DAMAGED', logName(number));
  }
  return problems;
}

function unreadable(contentHash: string, what: string): Problem {
  return { severity: 'error', code: 'CONTENT_DAMAGED', detail: `content ${contentHash} ${what}`, repaired: false };
}

function reasonOf(error: unknown): string {
  return systemCodeOf(error) ?? (error instanceof Error ? error.message : String(error));
}
