import type { Change } from '../core/ports/storage.js';
import { CommitGroup } from './group.js';
import { FILE_HEADER, fileHeader, type FrameBuffers } from './journal/frame.js';
import type { PlacedChange } from './journal/place.js';
import { tractsTouched } from './listeners.js';
import type { FilePosition, StoreMedium } from './medium.js';
import type { LogPosition, MetadataDatabase } from './sqljs/database.js';
import { SCHEMA_VERSION } from './sqljs/schema.js';

/** The buffers of a frame above this many bytes are not kept. */
const LARGE_FRAME = 4 * 1024 * 1024;

export interface LogWriterEvents {
  /** A group is durable; told before its promises resolve. `texts` are its contents: what was written is often read next. */
  durable(tractIds: ReadonlySet<string>, bytes: number, texts: ReadonlyMap<string, string>): void;
  /** These contents were removed; what lies in a log file is to be emptied of them. */
  removed(contentHashes: readonly string[], files: readonly number[]): void;
  /** The disk refused a frame at `at`. Nothing more is written; promises wait until {@link LogWriter.rejectAll}. */
  failed(error: unknown, at: FilePosition): void;
}

/**
 * Group commit (SPEC §16): a batch is applied in memory at once and joins the open group; while one group is being synced the next
 * one collects. One frame and one sync per group, never two frames unsynced. A writer that failed once never writes again.
 */
export class LogWriter {
  private open: CommitGroup;
  private inFlight: CommitGroup | null = null;
  /** Of the last frame written, for the next one but one: fresh buffers become garbage faster than they are collected. */
  private spare: FrameBuffers | undefined;
  private scheduled = false;
  private failed = false;
  private idleWaiters: (() => void)[] = [];
  private rejectMoves: (error: unknown) => void = () => undefined;
  private readonly failure = new Promise<never>((_resolve, reject) => {
    this.rejectMoves = reject;
  });

  /** @param next where the first frame goes */
  constructor(
    private readonly medium: StoreMedium,
    private readonly db: MetadataDatabase,
    private current: LogPosition,
    next: FilePosition,
    private readonly events: LogWriterEvents,
  ) {
    this.open = new CommitGroup(next, medium.crc32);
    // Most of the time nobody listens.
    this.failure.catch(() => undefined);
  }

  /** The last durable frame. */
  get position(): LogPosition {
    return this.current;
  }

  /** Nothing is waiting: what memory holds is what the disk holds. */
  get isIdle(): boolean {
    return this.inFlight === null && this.open.isEmpty;
  }

  /** @throws StoreIntegrityError (at once, with nothing applied) */
  write(changes: readonly Change[]): Promise<void> {
    if (this.failed) return this.open.wait();
    const group = this.open;
    const mark = group.frame.mark();
    const texts = new Map<string, string>();
    const placed = this.place(changes, group, texts);
    const removed = changes.flatMap((change) => (change.kind === 'removeContents' ? change.contentHashes : []));
    const removedFrom = removed.length === 0 ? [] : this.db.graph.places(removed);
    const joined = (): Promise<void> => this.join(group, placed, texts, changes);
    try {
      if (this.isIdle && !this.scheduled && this.db.willApply(placed)) return this.ahead(placed, joined);
      this.db.apply(placed);
    } catch (error) {
      group.frame.rewind(mark);
      throw error;
    }
    if (removed.length > 0) this.forget(removed, removedFrom);
    const done = joined();
    this.schedule();
    return done;
  }

  /**
   * A batch that nothing waits for goes to the disk before it is applied, so that the database works while the disk does: half of
   * what a commit takes. Only one that will apply: should it not, the files are put in order as when the disk fails.
   */
  private ahead(placed: readonly PlacedChange[], join: () => Promise<void>): Promise<void> {
    const done = join();
    const group = this.open;
    void this.flush();
    try {
      this.db.apply(placed);
    } catch (error) {
      group.refuse(error);
    }
    return done;
  }

  /** Copies contents to the end of the log, so that the file they lie in can go. */
  move(contents: readonly { readonly contentHash: string; readonly bytes: Uint8Array }[]): Promise<void> {
    if (this.failed) return this.failure;
    const group = this.open;
    const placed = contents.map(({ contentHash, bytes }): PlacedChange => ({
      kind: 'moved',
      place: group.frame.content(contentHash, bytes),
    }));
    this.db.apply(placed);
    // Whoever moves contents works on the files as a whole, and would else wait for the repair that waits for it.
    const done = this.join(group, placed, new Map(), []);
    this.schedule();
    return Promise.race([done, this.failure]);
  }

  /** The next frame begins a new log file. Only while nothing is waiting. */
  startFile(): void {
    if (!this.isIdle || this.open.at.offset === FILE_HEADER) return;
    this.open = new CommitGroup({ file: this.open.at.file + 1, offset: FILE_HEADER }, this.medium.crc32);
  }

  /** A text that is applied but not durable yet. */
  pendingText(contentHash: string): string | undefined {
    return this.open.texts.get(contentHash) ?? this.inFlight?.texts.get(contentHash);
  }

  /** Resolves when nothing is waiting any more; also after a failure. */
  idle(): Promise<void> {
    if (this.isIdle || this.failed) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  /** After a failure, once memory is as the disk is again. */
  rejectAll(error: unknown): void {
    this.inFlight?.reject(error);
    this.open.reject(error);
    this.tellIdle();
  }

  private forget(removed: readonly string[], places: readonly { readonly file: number }[]): void {
    for (const hash of removed) {
      this.open.texts.delete(hash);
      this.inFlight?.texts.delete(hash);
    }
    this.events.removed(
      removed,
      places.map(({ file }) => file),
    );
  }

  private place(changes: readonly Change[], group: CommitGroup, texts: Map<string, string>): readonly PlacedChange[] {
    const placed: PlacedChange[] = [];
    const removed = new Set<string>();
    const held = (hash: string): boolean => texts.has(hash) || (!removed.has(hash) && this.db.graph.hasContent(hash));
    for (const change of changes) {
      if (change.kind !== 'content') {
        placed.push(change);
        if (change.kind !== 'removeContents') continue;
        for (const hash of change.contentHashes) {
          removed.add(hash);
          texts.delete(hash);
        }
      } else if (!held(change.contentHash)) {
        texts.set(change.contentHash, change.text);
        placed.push({ kind: 'content', place: group.frame.content(change.contentHash, change.text) });
      }
    }
    return placed;
  }

  private join(
    group: CommitGroup,
    placed: readonly PlacedChange[],
    texts: ReadonlyMap<string, string>,
    changes: readonly Change[],
  ): Promise<void> {
    if (placed.length === 0) {
      // What it repeats may still be on its way.
      if (!group.isEmpty) return group.wait();
      return this.inFlight?.wait() ?? Promise.resolve();
    }
    group.frame.changes(placed);
    for (const [hash, text] of texts) group.texts.set(hash, text);
    const { tables } = this.db;
    for (const id of tractsTouched(changes, (record) => tables.record(record)?.tractId)) group.tractIds.add(id);
    return group.wait();
  }

  /** Writes what waits, after what else this turn brings; while a group is being written, behind that one. */
  private schedule(): void {
    if (this.scheduled || this.isIdle) return;
    this.scheduled = true;
    queueMicrotask(() => void this.flush());
  }

  private async flush(): Promise<void> {
    this.scheduled = true;
    while (!this.open.isEmpty) {
      const group = this.open;
      const seq = this.current.seq + 1;
      const { bytes, crc } = group.frame.finish(seq, this.current.crc);
      const end = { file: group.at.file, offset: group.at.offset + bytes.length };
      this.inFlight = group;
      this.open = new CommitGroup(this.medium.after(end), this.medium.crc32, this.spare);
      try {
        await this.medium.append(group.at, fileHeader(SCHEMA_VERSION, group.at.file, this.medium.crc32), bytes);
        group.throwIfRefused();
      } catch (error) {
        this.failed = true;
        this.rejectMoves(error);
        this.tellIdle();
        this.events.failed(error, group.at);
        return;
      }
      this.spare = bytes.length > LARGE_FRAME ? undefined : group.buffers;
      this.current = { seq, crc, ...end };
      this.inFlight = null;
      this.events.durable(group.tractIds, bytes.length, group.texts);
      group.resolve();
    }
    this.scheduled = false;
    this.tellIdle();
  }

  private tellIdle(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
