import type { Change } from '../../core/ports/storage.js';

/** Where a content lies on the disk. */
export interface ContentPlace {
  readonly contentHash: string;
  /** Number of the log file. */
  readonly file: number;
  /** Bytes from the start of that file. */
  readonly offset: number;
  readonly bytes: number;
  /** CRC-32 of the bytes, checked whenever they are read. */
  readonly crc: number;
}

/**
 * A change as it is applied: contents are on their way to the disk already, only their place is stored. `moved` is the store's
 * own: a content was copied to a new place, and the log file it lay in is going.
 */
export type PlacedChange =
  Exclude<Change, { readonly kind: 'content' }> | { readonly kind: 'content' | 'moved'; readonly place: ContentPlace };
