import type { StoreNotice } from '../core/ports/storage.js';
import type { ContentPlace } from './journal/place.js';
import type { LogWriter } from './log-writer.js';
import type { StoreMedium } from './medium.js';
import { logName } from './medium.js';
import type { Recovered } from './recover.js';
import type { Snapshots } from './snapshots.js';
import type { MetadataDatabase } from './sqljs/database.js';

/** Segments that carry the name of a writer which is not the owner. */
const FOREIGN = /^log-\d{8}-[0-9a-f]{8}\.tract$/;
const LEFT_OVER = /^snapshot-\d{8}\.db\.tmp$/;
/** What work on log files as a whole needs. */
export interface LogFiles {
  readonly medium: StoreMedium;
  readonly db: MetadataDatabase;
  readonly writer: LogWriter;
  readonly snapshots: Snapshots;
}

/** Contents copied with one frame. */
const COPY_BYTES = 4 * 1024 * 1024;

/**
 * Brings the files in order before the first write: the torn tail is cut, damaged snapshots and what a second writer left (Annex
 * B.14) are set aside, the unfinished snapshot of a crash is removed. Every step may be cut off by a crash; the next open finds
 * what is left to do.
 */
export async function settle(medium: StoreMedium, recovered: Recovered): Promise<readonly StoreNotice[]> {
  const now = new Date();
  for (const name of recovered.badSnapshots) await medium.rename(name, setAsideName(name, now));
  if (recovered.torn !== null && !recovered.badLogs.includes(recovered.torn.file)) await medium.cut(recovered.torn);
  const foreign: string[] = [];
  for (const { name } of await medium.list()) {
    if (LEFT_OVER.test(name)) await medium.remove(name);
    if (!FOREIGN.test(name)) continue;
    await medium.rename(name, setAsideName(name, now));
    foreign.push(name);
  }
  if (foreign.length === 0) return [];
  const message =
    'Another window wrote this store at the same time. What it wrote was set aside, and is not part of the store.';
  return [{ code: 'SECOND_WRITER', message, problems: foreign }];
}

/**
 * Copies every readable content of some log files to the end of the log. The ones that cannot be read stay known by their hash; they
 * are returned.
 */
async function copyContents(
  medium: StoreMedium,
  db: MetadataDatabase,
  writer: LogWriter,
  files: ReadonlySet<number>,
): Promise<readonly ContentPlace[]> {
  const unreadable: ContentPlace[] = [];
  let copies: { contentHash: string; bytes: Uint8Array }[] = [];
  let size = 0;
  const copy = async (): Promise<void> => {
    if (copies.length > 0) await writer.move(copies);
    copies = [];
    size = 0;
  };
  for (const place of [...db.graph.allPlaces()].filter(({ file }) => files.has(file))) {
    const bytes = await medium.read(logName(place.file), place.offset, place.bytes).catch(() => undefined);
    // A commit group in between may have removed it.
    if (!db.graph.hasContent(place.contentHash)) continue;
    if (bytes?.length !== place.bytes || medium.crc32(bytes) !== place.crc) {
      unreadable.push(place);
      continue;
    }
    copies.push({ contentHash: place.contentHash, bytes });
    size += bytes.length;
    if (size >= COPY_BYTES) await copy();
  }
  await copy();
  return unreadable;
}

/**
 * Empties log files: what the store needs of them is copied to the end of the log. Two snapshots come first, so that both that
 * are kept need the files no more. Returns the contents that could not be read.
 */
async function empty(files: LogFiles, numbers: readonly number[]): Promise<readonly ContentPlace[]> {
  const { medium, db, writer, snapshots } = files;
  await writer.idle();
  writer.startFile();
  const unreadable = await copyContents(medium, db, writer, new Set(numbers));
  await writer.idle();
  await snapshots.take(db, writer.position);
  await snapshots.take(db, writer.position);
  return unreadable;
}

/** Removes log files whose contents GC removed, or that are small and many, after copying what is needed. */
export async function repack(files: LogFiles, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  const unreadable = await empty(files, numbers);
  const needed = new Set(unreadable.map((place) => place.file));
  for (const number of numbers) {
    // A damaged file is kept for a person to look at.
    if (!needed.has(number)) await files.medium.remove(logName(number));
  }
}

/** Saves what is sound in a damaged log file and sets the file aside. */
export async function salvage(files: LogFiles, number: number): Promise<StoreNotice> {
  const lost = await empty(files, [number]);
  const aside = setAsideName(logName(number), new Date());
  await files.medium.rename(logName(number), aside);
  return {
    code: 'LOG_SET_ASIDE',
    message: `A damaged file of the store was set aside as ${aside}.`,
    problems: lost.map((place) => `content ${place.contentHash} (${String(place.bytes)} bytes) could not be read`),
  };
}

/** The name of a damaged file that is kept for a person to look at. */
export function setAsideName(name: string, at: Date): string {
  return `${name}.damaged-${at.toISOString().replaceAll(/[:.]/g, '')}`;
}
