import type { StoreNotice } from '../core/ports/storage.js';
import type { ContentPlace } from './journal/place.js';
import type { LogWriter } from './log-writer.js';
import type { StoreMedium } from './medium.js';
import { logName } from './medium.js';
import type { Recovered } from './recover.js';
import type { Snapshots } from './snapshots.js';
import type { MetadataDatabase } from './sqljs/database.js';

const LEFT_OVER = /^snapshot-\d{8}\.db\.tmp$/;
/** Contents copied with one frame. */
const COPY_BYTES = 4 * 1024 * 1024;

/**
 * Brings the files in order before the first write: the torn tail is cut, damaged snapshots are set aside, the unfinished snapshot
 * of a crash is removed. Every step may be cut off by a crash; the next open finds what is left to do.
 */
export async function settle(medium: StoreMedium, recovered: Recovered): Promise<void> {
  for (const name of recovered.badSnapshots) await medium.rename(name, setAsideName(name, new Date()));
  if (recovered.torn !== null && !recovered.badLogs.includes(recovered.torn.file)) await medium.cut(recovered.torn);
  for (const { name } of await medium.list()) {
    if (LEFT_OVER.test(name)) await medium.remove(name);
  }
}

/**
 * Copies every readable content of a log file to the end of the log. The ones that cannot be read stay known by their hash; they
 * are returned.
 */
export async function copyContents(
  medium: StoreMedium,
  db: MetadataDatabase,
  writer: LogWriter,
  file: number,
): Promise<readonly ContentPlace[]> {
  const unreadable: ContentPlace[] = [];
  let copies: { contentHash: string; bytes: Uint8Array }[] = [];
  let size = 0;
  const copy = async (): Promise<void> => {
    if (copies.length > 0) await writer.move(copies);
    copies = [];
    size = 0;
  };
  for (const place of [...db.graph.allPlaces()].filter((one) => one.file === file)) {
    const bytes = await medium.read(logName(file), place.offset, place.bytes).catch(() => undefined);
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
 * Saves what is sound in a damaged log file and sets the file aside. Two snapshots come first, so that both that are kept need
 * the file no more.
 */
export async function salvage(
  medium: StoreMedium,
  db: MetadataDatabase,
  writer: LogWriter,
  snapshots: Snapshots,
  file: number,
): Promise<readonly StoreNotice[]> {
  const lost = await copyContents(medium, db, writer, file);
  await snapshots.take(db, writer.position);
  await snapshots.take(db, writer.position);
  const aside = setAsideName(logName(file), new Date());
  await medium.rename(logName(file), aside);
  return [
    {
      code: 'LOG_SET_ASIDE',
      message: `A damaged file of the store was set aside as ${aside}.`,
      problems: lost.map((place) => `content ${place.contentHash} (${String(place.bytes)} bytes) could not be read`),
    },
  ];
}

/** The name of a damaged file that is kept for a person to look at. */
export function setAsideName(name: string, at: Date): string {
  return `${name}.damaged-${at.toISOString().replaceAll(/[:.]/g, '')}`;
}
