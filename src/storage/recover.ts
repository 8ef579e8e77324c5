import type { SqlJsStatic } from 'sql.js';
import type { StoreNotice } from '../core/ports/storage.js';
import { StoreIntegrityError, StoreNewerError } from './errors.js';
import { FILE_HEADER, readFileHeader } from './journal/frame.js';
import type { Frame } from './journal/frame.js';
import type { PlacedChange } from './journal/place.js';
import { scanLog } from './journal/scan.js';
import { readSnapshot } from './journal/snapshot-file.js';
import type { FilePosition, StoreListing, StoreMedium } from './medium.js';
import { listStore, logName, snapshotName } from './medium.js';
import { MetadataDatabase } from './sqljs/database.js';
import type { LogPosition } from './sqljs/database.js';
import { SCHEMA_VERSION } from './sqljs/schema.js';

/** The other values of refs are symbolic: `ref: refs/heads/main`. */
const COMMIT_HASH = /^[0-9a-f]{64}$/;

/** What was found on the disk. Nothing was changed there yet. */
export interface Recovered {
  readonly db: MetadataDatabase;
  readonly position: LogPosition;
  /** Where the next frame goes. */
  readonly next: FilePosition;
  /** Bytes behind the last whole frame, to be cut before the next write; null when there are none. */
  readonly torn: FilePosition | null;
  /** Snapshot files that are not whole, by name. */
  readonly badSnapshots: readonly string[];
  /** Log files with damaged stretches, by number. */
  readonly badLogs: readonly number[];
  /** The snapshot it started from, and the bytes of log behind it. */
  readonly snapshot: { readonly number: number; readonly bytes: number } | null;
  /** The highest number any snapshot file has, damaged ones included. */
  readonly lastSnapshot: number;
  readonly replayedBytes: number;
  /** Written by a newer version: may be read, never written. */
  readonly newer: boolean;
  /** Written by an older version, and migrated in memory: a snapshot is to be taken before anything is logged. */
  readonly older: boolean;
  readonly notices: readonly StoreNotice[];
}

/**
 * Builds the metadata from the newest whole snapshot and the log behind it (SPEC §16). A snapshot that is not whole is passed over
 * for the one before, then for the log from its beginning: the log keeps everything that snapshots only repeat.
 * @param upTo frames behind this number are left out: what a failed write may have left
 */
export async function recover(medium: StoreMedium, sql: SqlJsStatic, upTo = Infinity): Promise<Recovered> {
  const listing = await listStore(medium);
  const notices: StoreNotice[] = [];
  const loaded = await loadSnapshot(medium, sql, listing, notices);
  const db = loaded.db ?? new MetadataDatabase(sql, null);
  try {
    const replayed = await replay(medium, db, listing, upTo, notices);
    return {
      db,
      ...replayed,
      badSnapshots: loaded.bad,
      snapshot: loaded.snapshot,
      lastSnapshot: listing.snapshots[0]?.number ?? 0,
      newer: db.newer || replayed.newer,
      older: db.versionFound < SCHEMA_VERSION || replayed.older,
      notices,
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

async function loadSnapshot(
  medium: StoreMedium,
  sql: SqlJsStatic,
  listing: StoreListing,
  notices: StoreNotice[],
): Promise<{ readonly db: MetadataDatabase | null; readonly bad: string[]; readonly snapshot: Recovered['snapshot'] }> {
  const bad: string[] = [];
  for (const { number, size } of listing.snapshots) {
    const name = snapshotName(number);
    let detail = 'the file is not whole (its checksum does not match)';
    // A disk that cannot read is no reason to set a file aside: that throws and leaves all as it is.
    const bytes = readSnapshot(await readWhole(medium, name, size), medium.crc32);
    if (bytes !== undefined) {
      try {
        return { db: new MetadataDatabase(sql, bytes), bad, snapshot: { number, bytes: size } };
      } catch (error) {
        if (error instanceof StoreNewerError) throw error;
        detail = error instanceof Error ? error.message : String(error);
      }
    }
    bad.push(name);
    notices.push({
      code: 'SNAPSHOT_DAMAGED',
      message:
        'A snapshot of the store was damaged. It was set aside, and its content was rebuilt from an older one and the log.',
      problems: [`${name}: ${detail}`],
    });
  }
  return { db: null, bad, snapshot: null };
}

interface Replayed {
  readonly position: LogPosition;
  readonly next: FilePosition;
  readonly torn: FilePosition | null;
  readonly badLogs: readonly number[];
  readonly replayedBytes: number;
  readonly newer: boolean;
  readonly older: boolean;
}

async function replay(
  medium: StoreMedium,
  db: MetadataDatabase,
  listing: StoreListing,
  upTo: number,
  notices: StoreNotice[],
): Promise<Replayed> {
  const start = db.position();
  let position = start;
  let torn: FilePosition | null = null;
  let newer = false;
  let older = false;
  let replayedBytes = 0;
  const badLogs: number[] = [];
  const problems: string[] = [];
  const last = listing.logs.at(-1);
  for (const { number, size } of listing.logs) {
    if (number < start.file) continue;
    const name = logName(number);
    const header = await medium.read(name, 0, FILE_HEADER);
    const format = readFileHeader(header, number, medium.crc32);
    if (format !== undefined && format > SCHEMA_VERSION) newer = true;
    older = format !== undefined && format < SCHEMA_VERSION;
    const from = number === start.file ? Math.max(start.offset, FILE_HEADER) : FILE_HEADER;
    const bytes = await readWhole(medium, name, Math.max(0, size - from), from);
    replayedBytes += bytes.length;
    const scan = scanLog(bytes, from, number, medium.crc32);
    const damage = scan.damaged.map(({ from: a, to: b }) => `${name}: bytes ${String(a)} to ${String(b)} are damaged`);
    // Without frames, the last file was being begun when a crash came; it is begun again.
    const begun = number === last?.number && number !== start.file && scan.frames.length === 0;
    if (format === undefined && begun && size > 0) torn ??= { file: number, offset: 0 };
    if (format === undefined && !begun) {
      damage.push(`${name}: its header is damaged`);
    }
    if (number === start.file && from > size) damage.push(`${name}: it ends before the snapshot does`);
    for (const frame of scan.frames) {
      if (frame.seq <= position.seq) continue;
      if (frame.seq > upTo) {
        torn ??= { file: number, offset: frame.start };
        continue;
      }
      if (frame.seq !== position.seq + 1) problems.push(lost(position.seq, frame.seq));
      applyFrame(db, frame, problems, name);
      position = { seq: frame.seq, crc: frame.crc, file: number, offset: frame.end };
    }
    if (scan.tornBytes > 0 && torn === null) {
      if (number === last?.number) torn = { file: number, offset: scan.end };
      else damage.push(`${name}: ${String(scan.tornBytes)} bytes at its end are damaged`);
    }
    if (damage.length > 0) badLogs.push(number);
    problems.push(...damage);
  }
  if (torn !== null && upTo === Infinity) notices.push(tornNotice(torn, last?.size ?? 0));
  if (problems.length > 0) notices.push(damageNotice(problems));
  const next = nextPlace(medium, position, listing, torn, older || badLogs.length > 0);
  return { position, next, torn, badLogs, replayedBytes, newer, older };
}

function applyFrame(db: MetadataDatabase, frame: Frame, problems: string[], name: string): void {
  try {
    const changes = frame.changes();
    // Behind a damaged stretch a ref may name a commit that is gone with it; the ref then stays where it was.
    if (problems.length > 0) refuseLostTargets(db, changes);
    db.apply(changes);
  } catch (error) {
    // Whole by its checksum, yet it does not fit: what it builds on was in a damaged stretch, or is of a newer version.
    problems.push(`${name}: batch ${String(frame.seq)} was left out: ${error instanceof Error ? error.message : ''}`);
    for (const change of frame.changes()) {
      if (change.kind === 'content') db.apply([change]);
    }
  }
}

/** @throws StoreIntegrityError when a ref is moved to a commit that is neither there nor comes with the batch */
function refuseLostTargets(db: MetadataDatabase, changes: readonly PlacedChange[]): void {
  const coming = new Set(changes.flatMap((change) => (change.kind === 'commit' ? [change.commit.commitHash] : [])));
  for (const change of changes) {
    if (change.kind !== 'ref' || change.value === null || !COMMIT_HASH.test(change.value)) continue;
    if (coming.has(change.value) || db.graph.commit(change.value) !== undefined) continue;
    throw new StoreIntegrityError(`${change.name} names the commit ${change.value}, which is not there.`);
  }
}

/** Behind a damaged or older file nothing is written any more: what is sound and of this version begins a new one. */
function nextPlace(
  medium: StoreMedium,
  position: LogPosition,
  listing: StoreListing,
  torn: FilePosition | null,
  newFile: boolean,
): FilePosition {
  const last = Math.max(listing.logs.at(-1)?.number ?? 0, position.file);
  const gone = position.file > 0 && !listing.logs.some(({ number }) => number === position.file);
  if (last === 0 || gone || newFile) return { file: last + 1, offset: FILE_HEADER };
  // A last file without a whole frame is begun again.
  if (position.file < last) return { file: last, offset: FILE_HEADER };
  return medium.after(torn ?? position);
}

async function readWhole(medium: StoreMedium, name: string, length: number, from = 0): Promise<Uint8Array> {
  return length === 0 ? new Uint8Array(0) : medium.read(name, from, length);
}

function lost(before: number, found: number): string {
  const count = found - before - 1;
  return `${String(count)} ${count === 1 ? 'batch' : 'batches'} of changes (${String(before + 1)} to ${String(found - 1)}) could not be read`;
}

function tornNotice(torn: FilePosition, size: number): StoreNotice {
  return {
    code: 'TORN_TAIL',
    message:
      'The last write was cut off by a crash before it was confirmed. It was taken back; nothing confirmed was lost.',
    problems: [`${logName(torn.file)}: ${String(size - torn.offset)} bytes from ${String(torn.offset)} on`],
  };
}

function damageNotice(problems: readonly string[]): StoreNotice {
  return {
    code: 'LOG_DAMAGED',
    message:
      'Part of the store is damaged on the disk. Everything readable was recovered; the damaged file was set aside, not overwritten.',
    problems,
  };
}
