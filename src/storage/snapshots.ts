import { snapshotTrailer } from './journal/snapshot-file.js';
import type { StoreMedium } from './medium.js';
import { listStore, snapshotName } from './medium.js';
import type { LogPosition, MetadataDatabase } from './sqljs/database.js';

/** Puts a snapshot of the store as of `position` in place under `name`; returns its bytes. */
export type SnapshotBuilder = (db: MetadataDatabase, position: LogPosition, name: string) => Promise<number>;

/** Changes behind the last snapshot that make a new one due: this many bytes, or this part of the last one's size. */
const DUE_BYTES = 1024 * 1024;
const DUE_PART = 0.1;
/** Snapshots kept. When the newest turns out damaged, the one before and the log give the same store. */
const KEPT = 2;

/** Knows when a snapshot is due and keeps the last ones (DESIGN "Storage"). */
export class Snapshots {
  private logged: number;

  constructor(
    private readonly medium: StoreMedium,
    private readonly build: SnapshotBuilder,
    private last: { readonly number: number; readonly bytes: number },
    replayedBytes: number,
  ) {
    this.logged = replayedBytes;
  }

  /** To be told the bytes of every frame. */
  noteLogged(bytes: number): void {
    this.logged += bytes;
  }

  /** How far past due the next snapshot is: 1 = due now. */
  get dueness(): number {
    return this.logged / Math.max(DUE_BYTES, this.last.bytes * DUE_PART);
  }

  /** `position` is durable, and what `db` holds. Old snapshots go only when the new one is in place. */
  async take(db: MetadataDatabase, position: LogPosition, build = this.build): Promise<void> {
    const logged = this.logged;
    const number = this.last.number + 1;
    const bytes = await build(db, position, snapshotName(number));
    this.last = { number, bytes };
    this.logged -= logged;
    const { snapshots } = await listStore(this.medium);
    for (const old of snapshots.slice(KEPT)) await this.medium.remove(snapshotName(old.number));
  }
}

/** Makes the snapshot in this process. The export blocks for about 2 ms per MB: hosts with threads do it in one. */
export function snapshotHere(medium: StoreMedium): SnapshotBuilder {
  return async (db, position, name) => {
    db.graph.seal();
    db.stamp(position);
    const bytes = db.export();
    await medium.writeWhole(name, [bytes, snapshotTrailer(bytes, medium.crc32)]);
    return bytes.length;
  };
}
