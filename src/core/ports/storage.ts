import type { StoredCommit } from '../model/commit.js';
import type { TokenEfficiencyRow } from '../model/metrics.js';
import type { StoredOp } from '../model/op.js';
import type { RecordUpdate, StoredRecord, UsageReport } from '../model/record.js';
import type { RefLogEntry, RefValue } from '../model/refs.js';
import type { StoredTract } from '../model/tract.js';

/**
 * The ports that `storage/` implements and one contract suite holds to their word (SPEC §16, Annex B.1).
 *
 * Metadata lives in memory (SQLite) and is read synchronously; contents may lie on a disk and are read asynchronously, in
 * batches. All rows handed out are immutable.
 */
export interface ObjectStore {
  commit(commitHash: string): StoredCommit | undefined;
  /**
   * `from` and its first-parent ancestors, newest first: at most `limit`, none with a depth below `minDepth`. An unknown `from`
   * gives an empty list. O(result).
   */
  line(from: string, limit: number, minDepth?: number): readonly StoredCommit[];
  /** Hashes that start with `prefix` (lower-case hex), in order, at most `limit`. Uses the index. */
  commitsByPrefix(prefix: string, limit: number): readonly string[];
  /** Hashes of the commits whose `targets` hold `target`, in the order they were stored. */
  commitsTargeting(target: string): readonly string[];
  /** Every commit hash of the store in the order stored (parents before children), for GC, doctor and export. */
  commitHashes(): Iterable<string>;
  hasContent(contentHash: string): boolean;
  /** The canonical texts, byte for byte as written. Hashes that are not there are missing from the map. */
  contents(contentHashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Every content hash with the bytes it takes, for GC and doctor. */
  contentSizes(): Iterable<{ readonly contentHash: string; readonly bytes: number }>;
  /** When a commit was first seen unreachable by GC (ISO), to age from; undefined when it was not. */
  unreachableSince(commitHash: string): string | undefined;
}

export interface RefStore {
  ref(tractId: string, name: string): RefValue | undefined;
  /** All refs of a tract whose name starts with `prefix`, by name (code point order). */
  refs(tractId: string, prefix?: string): ReadonlyMap<string, RefValue>;
  /** Newest first, `seq < before` when given. */
  refLog(tractId: string, page: { readonly limit: number; readonly before?: number }): readonly RefLogEntry[];
}

export interface TractStore {
  tracts(): readonly StoredTract[];
  tract(tractId: string): StoredTract | undefined;
}

export interface RecordStore {
  record(id: string): StoredRecord | undefined;
  /** Newest first (in the order they were written); `before` is a record id to page on from. */
  records(tractId: string, page: { readonly limit: number; readonly before?: string }): readonly StoredRecord[];
  /** Records whose head is this commit, newest first. */
  recordsOf(headHash: string): readonly StoredRecord[];
  /** Every record of the store that is still `pending`. */
  pendingRecords(): readonly StoredRecord[];
  /** The last report for a commit under these options (`''` = default). */
  latestUsage(headHash: string, optionsKey: string): UsageReport | undefined;
  /** All reports for a commit, oldest first. */
  usageReports(headHash: string): readonly UsageReport[];
}

export interface OpLog {
  op(opId: string): StoredOp | undefined;
  /** Newest first; of one tract, or of all; `before` is an op id. */
  ops(page: { readonly tractId?: string; readonly limit: number; readonly before?: string }): readonly StoredOp[];
}

export interface MetricsStore {
  /** Rows of a run in the order written. */
  metrics(runId: string): readonly TokenEfficiencyRow[];
}

/** What a batch may change. Applied in order. */
export type Change =
  | { readonly kind: 'content'; readonly contentHash: string; readonly text: string }
  /** Parents, content and targets exist or come earlier in the batch. The same commit again changes nothing. */
  | { readonly kind: 'commit'; readonly commit: StoredCommit }
  /** `value` null deletes. */
  | { readonly kind: 'ref'; readonly tractId: string; readonly name: string; readonly value: RefValue | null }
  | { readonly kind: 'refLog'; readonly entry: Omit<RefLogEntry, 'seq'> }
  /** Inserts or replaces by `tractId`. */
  | { readonly kind: 'tract'; readonly tract: StoredTract }
  /** The same record id again changes nothing. */
  | { readonly kind: 'record'; readonly record: StoredRecord }
  | { readonly kind: 'recordUpdate'; readonly id: string; readonly update: RecordUpdate }
  | { readonly kind: 'usage'; readonly report: UsageReport }
  /** Inserts or replaces by `opId`; an op keeps the place of its first insert. */
  | { readonly kind: 'op'; readonly op: StoredOp }
  /** First write per (run, phase, outcome) wins. */
  | { readonly kind: 'metrics'; readonly row: TokenEfficiencyRow }
  /** GC: commits and contents that nothing needs any more. */
  | { readonly kind: 'removeCommits'; readonly commitHashes: readonly string[] }
  | { readonly kind: 'removeContents'; readonly contentHashes: readonly string[] }
  /** GC: marks (`at`) or unmarks (null) commits as unreachable. */
  | { readonly kind: 'unreachable'; readonly commitHashes: readonly string[]; readonly at: string | null }
  /** GC: drops a tract's entries with `seq <= upTo`. */
  | { readonly kind: 'trimRefLog'; readonly tractId: string; readonly upTo: number };

/** Who changed the store: this process, or another one that a reader follows. */
export interface StoreChange {
  readonly origin: 'own' | 'other';
  readonly tractIds: ReadonlySet<string>;
}

/** Something a person should know about the store; `problems` are for the details button. */
export interface StoreNotice {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly string[];
}

/** One store: all read ports and one atomic, durable way to write (SPEC §16). */
export interface Storage extends ObjectStore, RefStore, TractStore, RecordStore, OpLog, MetricsStore {
  /**
   * All of `changes` or none. They are visible to reads of this process as soon as `write` returns its promise; the promise
   * resolves when they survive a crash of the machine. When it rejects none of them is there any more, nor anything written
   * after them, whose promises reject too.
   * @throws StoreLockedError when another process writes this store, StoreReadOnlyError, StoreWriteError (disk full, denied …)
   */
  write(changes: readonly Change[]): Promise<void>;
  /** Null when this process may write; else why not, for a person (`open in another window …`). */
  readonly readOnlyReason: string | null;
  /** What recovery found at open: torn tails cut, files set aside. Empty when all was well. */
  readonly notices: readonly StoreNotice[];
  /** Calls back after every change, own or followed, and when `readOnlyReason` or `notices` change. Returns the way to stop. */
  onDidChange(listener: (change: StoreChange) => void): () => void;
  /** Integrity of the files and the database themselves; the graph above them is `operations/doctor`'s. */
  check(): Promise<
    readonly {
      readonly severity: 'error' | 'warning';
      readonly code: string;
      readonly detail: string;
      readonly repaired: boolean;
    }[]
  >;
  /** Waits for what is under way, writes what is due and releases the lock. */
  close(): Promise<void>;
}
