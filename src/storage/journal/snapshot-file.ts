import { utf8 } from '../utf8.js';
import type { Crc32 } from './crc.js';

/*
 * A snapshot file is an SQLite database, which any SQLite tool opens, and 32 bytes behind it that say whether it is whole:
 * magic 8 · length u64 · crc of the database u32 · crc of those 20 bytes u32 · 8 × 0.
 */
const TRAILER = 32;
const MAGIC = utf8('TRACTEND');

export function snapshotTrailer(database: Uint8Array, crc32: Crc32): Uint8Array {
  const trailer = new Uint8Array(TRAILER);
  const view = new DataView(trailer.buffer);
  trailer.set(MAGIC);
  view.setUint32(8, database.length % 2 ** 32, true);
  view.setUint32(12, Math.floor(database.length / 2 ** 32), true);
  view.setUint32(16, crc32(database), true);
  view.setUint32(20, crc32(trailer.subarray(0, 20)), true);
  return trailer;
}

/** The database in a snapshot file's bytes; undefined when they are not whole. */
export function readSnapshot(bytes: Uint8Array, crc32: Crc32): Uint8Array | undefined {
  const length = bytes.length - TRAILER;
  if (length < 0) return undefined;
  const trailer = bytes.subarray(length);
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
  const database = bytes.subarray(0, length);
  const whole =
    MAGIC.every((byte, i) => trailer[i] === byte) &&
    view.getUint32(20, true) === crc32(trailer.subarray(0, 20)) &&
    view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32 === length &&
    view.getUint32(16, true) === crc32(database);
  return whole ? database : undefined;
}
