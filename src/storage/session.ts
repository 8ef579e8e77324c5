import type { SqlJsStatic } from 'sql.js';
import type { Change, StoreNotice } from '../core/ports/storage.js';
import type { ContentReader } from './content-reader.js';
import {
  StoreClosedError,
  StoreLockedError,
  StoreReadOnlyError,
  StoreUnreadableError,
  StoreWriteError,
  describeOwner,
  systemCodeOf,
} from './errors.js';
import { followLog } from './follower.js';
import { ChangeListeners } from './listeners.js';
import type { StoreLock } from './lock.js';
import { LogWriter } from './log-writer.js';
import { listStore } from './medium.js';
import type { FilePosition, StoreMedium } from './medium.js';
import { recover } from './recover.js';
import type { Recovered } from './recover.js';
import { repack, salvage, settle } from './settle.js';
import { Snapshots, snapshotHere } from './snapshots.js';
import type { SnapshotBuilder } from './snapshots.js';
import type { LogPosition, MetadataDatabase } from './sqljs/database.js';

/** What a host brings to a durable store. */
export interface DurableHost {
  readonly medium: StoreMedium;
  readonly sql: SqlJsStatic;
  /** Null: this process never writes (`readOnly`). */
  readonly lock: StoreLock | null;
  readonly sha256: (text: string) => string;
  readonly buildSnapshot: SnapshotBuilder;
  /** Calls back when files may have changed; returns the way to stop. Polling goes on beside it. */
  readonly watch: (changed: () => void) => () => void;
}

/** How long a reader waits between looks at the log and the lock, in ms. */
const POLL = 1000;
/** Quiet time before a snapshot that is due, in ms. */
const QUIET = 2000;
/** Closing takes a snapshot when it is this much due, so that the next open is quick. */
const DUE_AT_CLOSE = 0.25;
/** Log files below this many bytes are small; more than so many of them are copied together. */
const SMALL_FILE = 256 * 1024;
const SMALL_FILES = 200;
/** A group of more contents than this is bulk work. */
const BULK = 32;
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);
const NOBODY: ReadonlySet<string> = new Set();

interface Writing {
  readonly kind: 'writing';
  readonly writer: LogWriter;
  readonly snapshots: Snapshots;
}
interface Reading {
  readonly kind: 'reading';
  readonly reason: string;
  readonly error: Error;
  readonly position: LogPosition;
}
/** A write failed and the files could not be brought in order since; the next write tries again. */
interface Broken {
  readonly kind: 'broken';
  readonly error: StoreWriteError;
  readonly at: FilePosition;
  readonly position: LogPosition;
}

/**
 * One process's hold on the files of a store, from open to close: it writes while it has the lock, follows the log while another
 * process has it, and goes from one to the other (SPEC §16). The database is replaced as a whole when it is loaded anew.
 */
export class StoreSession {
  readonly listeners = new ChangeListeners();
  private state: Writing | Reading | Broken | { readonly kind: 'closed' } = { kind: 'closed' };
  private database: MetadataDatabase | null = null;
  private found: StoreNotice[] = [];
  /** Log files to be emptied of what GC removed. */
  private readonly removedFrom = new Set<number>();
  /** Work on the files as a whole (loading, repairing, snapshots), one at a time. */
  private queue: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopWatching: (() => void) | null = null;

  constructor(
    private readonly host: DurableHost,
    private readonly contents: ContentReader,
  ) {}

  /** @throws StoreUnreadableError while a failed disk cannot be read again */
  get db(): MetadataDatabase {
    if (this.database !== null) return this.database;
    throw this.state.kind === 'broken' ? new StoreUnreadableError(this.state.error) : new StoreClosedError();
  }

  get notices(): readonly StoreNotice[] {
    return this.found;
  }

  get readOnlyReason(): string | null {
    return this.state.kind === 'reading' ? this.state.reason : null;
  }

  private get broken(): StoreWriteError | null {
    return this.state.kind === 'broken' ? this.state.error : null;
  }

  pendingText(contentHash: string): string | undefined {
    return this.state.kind === 'writing' ? this.state.writer.pendingText(contentHash) : undefined;
  }

  /** @throws StoreUnreadableError, StoreNewerError; nothing is changed on the disk then */
  async open(): Promise<void> {
    let denied: string | null = null;
    let taken = false;
    try {
      taken = (await this.host.lock?.tryTake()) ?? false;
    } catch (error) {
      denied = systemCodeOf(error);
      if (denied === null || !DENIED.has(denied)) throw new StoreUnreadableError(error);
    }
    try {
      const recovered = await recover(this.host.medium, this.host.sql);
      if (taken && !recovered.newer) await this.startWriting(recovered);
      else this.startReading(recovered, denied);
    } catch (error) {
      this.state = { kind: 'closed' };
      this.database?.close();
      throw systemCodeOf(error) === null ? error : new StoreUnreadableError(error);
    } finally {
      if (taken && this.state.kind !== 'writing') await this.host.lock?.release();
    }
  }

  /** Applied when this returns, durable when its promise resolves. */
  async write(changes: readonly Change[]): Promise<void> {
    const { state } = this;
    switch (state.kind) {
      case 'writing':
        return state.writer.write(changes);
      case 'reading':
        throw state.error;
      case 'broken':
        await this.enqueue(() => this.repair(state));
        // Read anew: the repair may have gone either way.
        if (this.broken !== null) throw this.broken;
        return this.write(changes);
      case 'closed':
        throw new StoreClosedError();
    }
  }

  /** Runs when nothing else works on the files as a whole. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /**
   * Takes a snapshot now, whether or not one is due.
   * @throws StoreWriteError when the disk refuses it; the old one then stays in charge
   */
  compact(): Promise<void> {
    return this.enqueue(async () => {
      const { state } = this;
      if (state.kind === 'reading') throw state.error;
      if (state.kind !== 'writing') throw new StoreClosedError();
      try {
        await this.snapshot(state, 0);
      } catch (error) {
        throw new StoreWriteError(error);
      }
    });
  }

  /** Where the last durable frame ends: of the log, what lies before it is whole. */
  get position(): LogPosition {
    const { state } = this;
    if (state.kind === 'closed') throw new StoreClosedError();
    return state.kind === 'writing' ? state.writer.position : state.position;
  }

  async close(): Promise<void> {
    if (this.state.kind === 'closed') return;
    clearTimeout(this.timer);
    this.stopWatching?.();
    if (this.state.kind === 'writing') await this.state.writer.idle();
    await this.enqueue(async () => {
      // Nobody is held up any more, and a thread would first read all of the log again.
      const build = snapshotHere(this.host.medium);
      if (this.state.kind === 'writing') await this.trySnapshot(this.state, DUE_AT_CLOSE, build);
    });
    this.state = { kind: 'closed' };
    this.listeners.clear();
    await this.host.medium.close();
    await this.host.lock?.release();
    this.database?.close();
    this.database = null;
  }

  private async snapshot(state: Writing, dueness: number, build?: SnapshotBuilder): Promise<void> {
    if (state.snapshots.dueness < dueness && this.removedFrom.size === 0) return;
    const { writer, snapshots } = state;
    await writer.idle();
    if (this.state !== state || !writer.isIdle) return;
    const { medium } = this.host;
    const { db } = this;
    const emptying = [...this.removedFrom];
    const files = [...new Set([...emptying, ...(await smallFiles(medium, writer.position.file))])];
    if (files.length === 0) {
      await snapshots.take(db, writer.position, build);
      return;
    }
    await repack({ medium, db, writer, snapshots }, files);
    // Only now: what fails is done by the next snapshot.
    for (const file of emptying) this.removedFrom.delete(file);
  }

  /** A failed snapshot leaves the old one in charge, and is due again. */
  private async trySnapshot(state: Writing, dueness: number, build?: SnapshotBuilder): Promise<void> {
    try {
      await this.snapshot(state, dueness, build);
    } catch (error) {
      const message = 'A snapshot of the store could not be written. Nothing is lost: the log holds everything.';
      const problems = [error instanceof Error ? error.message : String(error)];
      this.found = this.found.filter((notice) => notice.code !== 'SNAPSHOT_FAILED');
      this.found.push({ code: 'SNAPSHOT_FAILED', message, problems });
      this.listeners.tell({ origin: 'own', tractIds: NOBODY });
    }
  }

  private async startWriting(recovered: Recovered): Promise<void> {
    this.replace(recovered, true);
    const { medium, buildSnapshot } = this.host;
    const notices = await settle(medium, recovered);
    this.found.push(...notices);
    const snapshots = new Snapshots(
      medium,
      buildSnapshot,
      { number: recovered.lastSnapshot, bytes: recovered.snapshot?.bytes ?? 0 },
      recovered.replayedBytes,
    );
    // A migrated database is whole on the disk before anything builds on it; the one before it stays.
    if (recovered.older) await snapshots.take(recovered.db, recovered.position);
    const writer: LogWriter = new LogWriter(medium, recovered.db, recovered.position, recovered.next, {
      durable: (tractIds, bytes, texts) => {
        // What an import brings is not read next: it would push out what is, and fill the old part of the heap.
        if (texts.size <= BULK) for (const [hash, text] of texts) this.contents.remember(hash, text);
        snapshots.noteLogged(bytes);
        this.scheduleSnapshot();
        this.listeners.tell({ origin: 'own', tractIds });
      },
      removed: (contentHashes, files) => {
        for (const hash of contentHashes) this.contents.drop(hash);
        for (const file of files) this.removedFrom.add(file);
      },
      failed: (error, at) => {
        void this.enqueue(() => this.fail(writer, error, at));
      },
    });
    this.state = { kind: 'writing', writer, snapshots };
    for (const log of recovered.badLogs) {
      this.found.push(await salvage({ medium, db: recovered.db, writer, snapshots }, log));
    }
    this.scheduleSnapshot();
  }

  private startReading(recovered: Recovered, denied: string | null): void {
    this.replace(recovered, false);
    const { lock } = this.host;
    const reading = (reason: string, error: Error): void => {
      this.state = { kind: 'reading', reason, error, position: recovered.position };
    };
    if (recovered.newer) {
      const reason = 'It was written by a newer version of Tract. Update Tract to change it.';
      reading(reason, new StoreReadOnlyError(reason));
    } else if (denied !== null) {
      const reason = `Its folder cannot be written to (${denied}).`;
      reading(reason, new StoreReadOnlyError(reason));
    } else if (lock === null) {
      const reason = 'It was opened for reading only.';
      reading(reason, new StoreReadOnlyError(reason));
    } else {
      const who = lock.owner === null ? 'another process' : describeOwner(lock.owner);
      reading(`Open in another window: ${who}.`, new StoreLockedError(lock.owner));
    }
    if (this.stopWatching === null) {
      this.stopWatching = this.host.watch(() => void this.enqueue(() => this.follow()));
      this.schedule(POLL, () => this.follow());
    }
  }

  /** Puts a freshly loaded database in the place of the old one. */
  private replace(recovered: Recovered, writing: boolean): void {
    this.database?.close();
    this.database = recovered.db;
    this.contents.forget();
    // To a reader, the end of the log is often a frame that is just being written.
    const notices = recovered.notices.filter((notice) => writing || notice.code !== 'TORN_TAIL');
    this.found = [...this.found, ...notices];
  }

  private async follow(): Promise<void> {
    const { state } = this;
    if (state.kind !== 'reading') return;
    this.schedule(POLL, () => this.follow());
    const { medium, sql, lock } = this.host;
    try {
      if (lock !== null && (await lock.tryTake())) {
        await this.takeOver(lock);
        return;
      }
      const followed = await followLog(medium, this.db, state.position);
      if (followed === undefined) {
        this.startReading(await recover(medium, sql), null);
        this.listeners.tell({ origin: 'other', tractIds: this.allTracts() });
      } else if (followed.position.seq > state.position.seq) {
        this.state = { ...state, position: followed.position };
        this.listeners.tell({ origin: 'other', tractIds: followed.tractIds });
      }
    } catch {
      // The files are being changed under us, or the disk is away for a moment: the next look tries again.
    }
  }

  /** The owner is gone: what it made durable is loaded, then this process writes. */
  private async takeOver(lock: StoreLock): Promise<void> {
    try {
      const recovered = await recover(this.host.medium, this.host.sql);
      if (recovered.newer) this.startReading(recovered, null);
      else await this.startWriting(recovered);
    } finally {
      if (this.state.kind !== 'writing') await lock.release();
    }
    this.stopWatching?.();
    this.stopWatching = null;
    this.listeners.tell({ origin: 'other', tractIds: this.allTracts() });
  }

  /** The disk refused a group: memory and files go back to the last durable state, then those who waited are told. */
  private async fail(writer: LogWriter, cause: unknown, at: FilePosition): Promise<void> {
    if (cause instanceof StoreLockedError) {
      // Another process took over while this one slept (Annex B.14). It writes now, and this one follows.
      this.startReading(await recover(this.host.medium, this.host.sql), null);
      writer.rejectAll(cause);
      this.listeners.tell({ origin: 'other', tractIds: this.allTracts() });
      return;
    }
    const error = new StoreWriteError(cause);
    await this.repair({ kind: 'broken', error, at, position: writer.position });
    writer.rejectAll(error);
    this.listeners.tell({ origin: 'own', tractIds: this.allTracts() });
  }

  private async repair(broken: Broken): Promise<void> {
    if (this.state.kind !== 'writing' && this.state.kind !== 'broken') return;
    this.state = broken;
    const { medium, sql } = this.host;
    let refused: unknown = null;
    await medium.cut(broken.at).catch((error: unknown) => {
      refused = error;
    });
    try {
      // What could not be cut is left out here, and cut by the next try.
      const recovered = await recover(medium, sql, broken.position.seq);
      if (refused === null) await this.startWriting(recovered);
      else this.replace(recovered, true);
    } catch (error) {
      refused = error;
      this.database?.close();
      this.database = null;
    }
    if (refused !== null) this.state = { ...broken, error: new StoreWriteError(refused) };
  }

  private scheduleSnapshot(): void {
    const { state } = this;
    if (state.kind !== 'writing' || (state.snapshots.dueness < 1 && this.removedFrom.size === 0)) return;
    this.schedule(QUIET, () => this.trySnapshot(state, 1));
  }

  private schedule(delay: number, work: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.enqueue(work), delay);
    // A timer of ours never keeps a process alive; browsers have no such thing.
    if (typeof this.timer === 'object') this.timer.unref();
  }

  private allTracts(): ReadonlySet<string> {
    return this.database === null ? NOBODY : new Set(this.database.tables.tracts().map((tract) => tract.tractId));
  }
}

/** Log files that are to be copied together, oldest first: many small ones make a folder slow to list. */
async function smallFiles(medium: StoreMedium, current: number): Promise<readonly number[]> {
  const { logs } = await listStore(medium);
  const small = logs.filter(({ number, size }) => number < current && size < SMALL_FILE).map(({ number }) => number);
  return small.length > SMALL_FILES ? small : [];
}
