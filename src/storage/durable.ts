import type { StoredCommit } from '../core/model/commit.js';
import type { TokenEfficiencyRow } from '../core/model/metrics.js';
import type { StoredOp } from '../core/model/op.js';
import type { StoredRecord, UsageReport } from '../core/model/record.js';
import type { RefLogEntry, RefValue } from '../core/model/refs.js';
import type { StoredTract } from '../core/model/tract.js';
import type { Change, Storage, StoreChange, StoreNotice } from '../core/ports/storage.js';
import { checkStore } from './check.js';
import type { Problem } from './check.js';
import { ContentReader } from './content-reader.js';
import { StoreUnreadableError, systemCodeOf } from './errors.js';
import { copyStore, measureStore } from './store-files.js';
import type { StoreSizes } from './store-files.js';
import type { FileLayer } from './file-layer.js';
import type { DurableHost } from './session.js';
import { StoreSession } from './session.js';

/**
 * A store in files: metadata in sql.js, a log that is the truth, snapshots that make opening quick (SPEC §16).
 * @throws StoreUnreadableError, StoreNewerError
 */
export async function openDurableStorage(host: DurableHost): Promise<DurableStorage> {
  const contents = new ContentReader(host.medium);
  const session = new StoreSession(host, contents);
  await session.open();
  return new DurableStorage(session, contents, host);
}

/** The port over a session: reads go to the session's database, texts to the log. */
export class DurableStorage implements Storage {
  constructor(
    private readonly session: StoreSession,
    private readonly reader: ContentReader,
    private readonly host: DurableHost,
  ) {}

  get readOnlyReason(): string | null {
    return this.session.readOnlyReason;
  }

  get notices(): readonly StoreNotice[] {
    return this.session.notices;
  }

  write(changes: readonly Change[]): Promise<void> {
    return this.session.write(changes);
  }

  onDidChange(listener: (change: StoreChange) => void): () => void {
    return this.session.listeners.add(listener);
  }

  /** @throws StoreUnreadableError when the disk fails */
  check(): Promise<readonly Problem[]> {
    const { medium, sha256 } = this.host;
    return this.session.enqueue(async () => {
      const { db } = this.session;
      const pending = (hash: string): boolean =>
        this.session.pendingText(hash) !== undefined || !db.graph.hasContent(hash);
      try {
        return await checkStore(medium, db, this.reader, sha256, pending);
      } catch (error) {
        throw systemCodeOf(error) === null ? error : new StoreUnreadableError(error);
      }
    });
  }

  /** Takes a snapshot now. @throws StoreWriteError, StoreLockedError, StoreReadOnlyError */
  compact(): Promise<void> {
    return this.session.compact();
  }

  /**
   * Copies the store, as it is now, into an empty folder. Writing goes on meanwhile.
   * @throws StoreBackupError when the folder is not empty, StoreWriteError when it cannot take the copy
   */
  backup(target: FileLayer): Promise<void> {
    return this.session.enqueue(() => copyStore(this.host.medium, this.session.position, target));
  }

  /** What lies on the disk, for `Tract: Doctor`. O(contents). */
  sizes(): Promise<StoreSizes> {
    return this.session.enqueue(() => measureStore(this.host.medium, this.session.db));
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** @throws StoreUnreadableError when the disk fails; a text that is damaged there is missing from the map */
  async contents(contentHashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const wanted: string[] = [];
    for (const hash of contentHashes) {
      const text = this.session.pendingText(hash) ?? this.reader.cached(hash);
      if (text === undefined) wanted.push(hash);
      else found.set(hash, text);
    }
    if (wanted.length === 0) return found;
    const missing = await this.reader.read(this.session.db.graph.places(wanted), found);
    if (missing.length > 0) {
      // They may have been moved to another log file between the two steps.
      const places = this.session.db.graph.places(missing.map(({ place }) => place.contentHash));
      const still = await this.reader.read(places, found);
      const refused = still.find(({ error }) => error !== null && systemCodeOf(error) !== 'ENOENT');
      if (refused !== undefined) throw new StoreUnreadableError(refused.error);
    }
    return found;
  }

  commit(commitHash: string): StoredCommit | undefined {
    return this.session.db.graph.commit(commitHash);
  }

  line(from: string, limit: number, minDepth?: number): readonly StoredCommit[] {
    return this.session.db.graph.line(from, limit, minDepth);
  }

  commitsByPrefix(prefix: string, limit: number): readonly string[] {
    return this.session.db.graph.commitsByPrefix(prefix, limit);
  }

  commitsTargeting(target: string): readonly string[] {
    return this.session.db.graph.commitsTargeting(target);
  }

  commitHashes(): Iterable<string> {
    return this.session.db.graph.commitHashes();
  }

  hasContent(contentHash: string): boolean {
    return this.session.db.graph.hasContent(contentHash);
  }

  *contentSizes(): Generator<{ readonly contentHash: string; readonly bytes: number }> {
    for (const { contentHash, bytes } of this.session.db.graph.allPlaces()) yield { contentHash, bytes };
  }

  unreachableSince(commitHash: string): string | undefined {
    return this.session.db.graph.unreachableSince(commitHash);
  }

  tracts(): readonly StoredTract[] {
    return this.session.db.tables.tracts();
  }

  tract(tractId: string): StoredTract | undefined {
    return this.session.db.tables.tract(tractId);
  }

  ref(tractId: string, name: string): RefValue | undefined {
    return this.session.db.tables.ref(tractId, name);
  }

  refs(tractId: string, prefix?: string): ReadonlyMap<string, RefValue> {
    return this.session.db.tables.refs(tractId, prefix);
  }

  refLog(tractId: string, page: { readonly limit: number; readonly before?: number }): readonly RefLogEntry[] {
    return this.session.db.tables.refLog(tractId, page);
  }

  record(id: string): StoredRecord | undefined {
    return this.session.db.tables.record(id);
  }

  records(tractId: string, page: { readonly limit: number; readonly before?: string }): readonly StoredRecord[] {
    return this.session.db.tables.records(tractId, page);
  }

  recordsOf(headHash: string): readonly StoredRecord[] {
    return this.session.db.tables.recordsOf(headHash);
  }

  pendingRecords(): readonly StoredRecord[] {
    return this.session.db.tables.pendingRecords();
  }

  latestUsage(headHash: string, optionsKey: string): UsageReport | undefined {
    return this.session.db.tables.latestUsage(headHash, optionsKey);
  }

  usageReports(headHash: string): readonly UsageReport[] {
    return this.session.db.tables.usageReports(headHash);
  }

  op(opId: string): StoredOp | undefined {
    return this.session.db.tables.op(opId);
  }

  ops(page: { readonly tractId?: string; readonly limit: number; readonly before?: string }): readonly StoredOp[] {
    return this.session.db.tables.ops(page);
  }

  metrics(runId: string): readonly TokenEfficiencyRow[] {
    return this.session.db.tables.metrics(runId);
  }
}
