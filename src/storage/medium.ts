import type { Crc32 } from './journal/crc.js';

/** A place in the log: a file's number and an offset in it. */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
}

/**
 * The files of one store, as a host keeps them. Names are plain, without folders. A rejected call may have done its work in part;
 * the store then finds out by reading.
 */
export interface StoreMedium {
  readonly crc32: Crc32;
  /** What an acknowledged write survives, for `Tract: Doctor` (Annex B.14). */
  readonly durability: 'machine crash' | "the host's";
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** Up to `length` bytes from `offset`, fewer at the end of the file. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>;
  /** Where a frame that follows one ending at `end` lies: right there, or at the start of a new file. */
  after(end: FilePosition): FilePosition;
  /**
   * Appends a frame to the log; resolves when it is durable. A position right behind the file header makes the file first.
   * Frames come in order, each when the one before is durable. Once it resolves the frame's bytes are the caller's again.
   */
  append(at: FilePosition, header: Uint8Array, frame: Uint8Array): Promise<void>;
  /** Makes the log end at `end` again, durably: what lies behind was never acknowledged. */
  cut(end: FilePosition): Promise<void>;
  /** Puts a whole file in place, durably: afterwards it has exactly these bytes, or was not there before and is not now. */
  writeWhole(name: string, parts: readonly Uint8Array[]): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Lets go of open files. */
  close(): Promise<void>;
}

const LOG = /^log-(\d{8})\.tract$/;
const SNAPSHOT = /^snapshot-(\d{8})\.db$/;

export function logName(file: number): string {
  return `log-${String(file).padStart(8, '0')}.tract`;
}

export function snapshotName(number: number): string {
  return `snapshot-${String(number).padStart(8, '0')}.db`;
}

export interface StoreListing {
  /** Numbers of the log files, ascending, with their sizes. */
  readonly logs: readonly { readonly number: number; readonly size: number }[];
  /** Numbers of the snapshots, newest first. */
  readonly snapshots: readonly { readonly number: number; readonly size: number }[];
  /** Files set aside earlier, and everything else. */
  readonly others: readonly string[];
}

export async function listStore(medium: StoreMedium): Promise<StoreListing> {
  const logs: { number: number; size: number }[] = [];
  const snapshots: { number: number; size: number }[] = [];
  const others: string[] = [];
  for (const { name, size } of await medium.list()) {
    const log = LOG.exec(name)?.[1];
    const snapshot = SNAPSHOT.exec(name)?.[1];
    if (log !== undefined) logs.push({ number: Number(log), size });
    else if (snapshot !== undefined) snapshots.push({ number: Number(snapshot), size });
    else others.push(name);
  }
  logs.sort((a, b) => a.number - b.number);
  snapshots.sort((a, b) => b.number - a.number);
  return { logs, snapshots, others };
}
