import type { StoredCommit } from './model/commit.js';
import type { StoredRecord, UsageReport } from './model/record.js';
import type { RefChange, RefLogEntry, RefValue } from './model/refs.js';
import type { StoredTract } from './model/tract.js';
import type { Change, Storage } from './ports/storage.js';
import { compareCodePoints } from './model/canonical.js';

/** What operations read: a store, or a transaction on top of one. */
export type Reads = Pick<
  Storage,
  | 'commit'
  | 'line'
  | 'commitsByPrefix'
  | 'commitsTargeting'
  | 'hasContent'
  | 'contents'
  | 'ref'
  | 'refs'
  | 'refLog'
  | 'tract'
  | 'tracts'
  | 'record'
  | 'records'
  | 'recordsOf'
  | 'latestUsage'
  | 'usageReports'
>;

/**
 * The changes of one operation, or of a batch of them, on top of a store: what was put is read back at once, and nothing reaches
 * the store until it is written as one atomic batch. Dropping it changes nothing.
 */
export class Transaction implements Reads {
  readonly #base: Storage;
  #changes: Change[] = [];
  #commits = new Map<string, StoredCommit>();
  /** Target → staged commits that name it. */
  #targeting = new Map<string, string[]>();
  #contents = new Map<string, string>();
  #refs = new Map<string, Map<string, RefValue | null>>();
  #tracts = new Map<string, StoredTract>();
  #records = new Map<string, StoredRecord>();
  /** Records that the store has not got, in order. */
  #newRecords: string[] = [];
  #usage: UsageReport[] = [];
  /** Set by undo and redo: `seq` of the ref-log entry stepped over. */
  stepped: number | null = null;

  constructor(base: Storage) {
    this.#base = base;
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** The store below, for what operations never change (op log, sizes, marks). */
  get base(): Storage {
    return this.#base;
  }

  put(change: Change): void {
    this.#changes.push(change);
    this.#overlay(change);
  }

  /** A mark to go back to, so that one failing operation of a batch leaves the others. */
  savepoint(): number {
    return this.#changes.length;
  }

  rollbackTo(savepoint: number): void {
    const kept = this.#changes.slice(0, savepoint);
    this.#changes = [];
    for (const map of [this.#commits, this.#targeting, this.#contents, this.#refs, this.#tracts, this.#records])
      map.clear();
    this.#usage = [];
    this.#newRecords = [];
    for (const change of kept) this.put(change);
  }

  /** What the refs of each tract were in the store and are now, tracts and refs that did not move left out. */
  refChanges(): ReadonlyMap<string, readonly RefChange[]> {
    const moved = new Map<string, readonly RefChange[]>();
    for (const [tractId, refs] of this.#refs) {
      const changes = [...refs]
        .map(([ref, after]) => ({ ref, before: this.#base.ref(tractId, ref) ?? null, after }))
        .filter((change) => change.before !== change.after);
      if (changes.length > 0) moved.set(tractId, changes);
    }
    return moved;
  }

  commit(commitHash: string): StoredCommit | undefined {
    return this.#commits.get(commitHash) ?? this.#base.commit(commitHash);
  }

  /** The commit if it was put here: the store below has not got it, nor any that names it. */
  staged(commitHash: string): StoredCommit | undefined {
    return this.#commits.get(commitHash);
  }

  line(from: string, limit: number, minDepth = 0): readonly StoredCommit[] {
    const line: StoredCommit[] = [];
    let at: string | null = from;
    for (let commit = this.#commits.get(from); commit; commit = at === null ? undefined : this.#commits.get(at)) {
      if (line.length === limit || commit.depth < minDepth) return line;
      line.push(commit);
      at = commit.parentHash;
    }
    return at === null || line.length === limit
      ? line
      : [...line, ...this.#base.line(at, limit - line.length, minDepth)];
  }

  commitsByPrefix(prefix: string, limit: number): readonly string[] {
    const staged = [...this.#commits.keys()].filter((hash) => hash.startsWith(prefix));
    return [...new Set([...this.#base.commitsByPrefix(prefix, limit), ...staged])]
      .sort(compareCodePoints)
      .slice(0, limit);
  }

  commitsTargeting(target: string): readonly string[] {
    const staged = this.#targeting.get(target);
    const stored = this.#base.commitsTargeting(target);
    return staged === undefined ? stored : [...new Set([...stored, ...staged])];
  }

  hasContent(contentHash: string): boolean {
    return this.#contents.has(contentHash) || this.#base.hasContent(contentHash);
  }

  async contents(contentHashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const stored = contentHashes.filter((hash) => !this.#contents.has(hash));
    const texts = new Map(stored.length > 0 ? await this.#base.contents(stored) : []);
    for (const hash of contentHashes) {
      const staged = this.#contents.get(hash);
      if (staged !== undefined) texts.set(hash, staged);
    }
    return texts;
  }

  ref(tractId: string, name: string): RefValue | undefined {
    const staged = this.#refs.get(tractId)?.get(name);
    return staged === undefined ? this.#base.ref(tractId, name) : (staged ?? undefined);
  }

  refs(tractId: string, prefix = ''): ReadonlyMap<string, RefValue> {
    const refs = new Map(this.#base.refs(tractId, prefix));
    for (const [name, value] of this.#refs.get(tractId) ?? []) {
      if (!name.startsWith(prefix)) continue;
      if (value === null) refs.delete(name);
      else refs.set(name, value);
    }
    return new Map([...refs].sort(([a], [b]) => compareCodePoints(a, b)));
  }

  refLog(tractId: string, page: { readonly limit: number; readonly before?: number }): readonly RefLogEntry[] {
    return this.#base.refLog(tractId, page);
  }

  tract(tractId: string): StoredTract | undefined {
    return this.#tracts.get(tractId) ?? this.#base.tract(tractId);
  }

  tracts(): readonly StoredTract[] {
    const stored = this.#base.tracts();
    const known = new Set(stored.map((tract) => tract.tractId));
    return [
      ...stored.map((tract) => this.#tracts.get(tract.tractId) ?? tract),
      ...[...this.#tracts.values()].filter((tract) => !known.has(tract.tractId)),
    ];
  }

  record(id: string): StoredRecord | undefined {
    return this.#records.get(id) ?? this.#base.record(id);
  }

  records(tractId: string, page: { readonly limit: number; readonly before?: string }): readonly StoredRecord[] {
    if (page.before !== undefined) return this.#base.records(tractId, page);
    const found: StoredRecord[] = [];
    for (let i = this.#newRecords.length - 1; i >= 0 && found.length < page.limit; i--) {
      const staged = this.#records.get(this.#newRecords[i] ?? '');
      if (staged?.tractId === tractId) found.push(staged);
    }
    if (found.length >= page.limit) return found;
    const stored = this.#base.records(tractId, { limit: page.limit - found.length });
    return [...found, ...stored.map((record) => this.#records.get(record.id) ?? record)];
  }

  recordsOf(headHash: string): readonly StoredRecord[] {
    const stored = this.#base.recordsOf(headHash);
    const known = new Set(stored.map((record) => record.id));
    const staged = [...this.#records.values()].filter(
      (record) => record.headHash === headHash && !known.has(record.id),
    );
    return [...staged.reverse(), ...stored.map((record) => this.#records.get(record.id) ?? record)];
  }

  latestUsage(headHash: string, optionsKey: string): UsageReport | undefined {
    return (
      this.#usage.findLast((report) => report.headHash === headHash && report.optionsKey === optionsKey) ??
      this.#base.latestUsage(headHash, optionsKey)
    );
  }

  usageReports(headHash: string): readonly UsageReport[] {
    return [...this.#base.usageReports(headHash), ...this.#usage.filter((report) => report.headHash === headHash)];
  }

  #overlay(change: Change): void {
    switch (change.kind) {
      case 'content':
        this.#contents.set(change.contentHash, change.text);
        return;
      case 'commit':
        this.#commits.set(change.commit.commitHash, change.commit);
        for (const target of change.commit.targets) {
          this.#targeting.set(target, [...(this.#targeting.get(target) ?? []), change.commit.commitHash]);
        }
        return;
      case 'ref': {
        const refs = this.#refs.get(change.tractId) ?? new Map<string, RefValue | null>();
        this.#refs.set(change.tractId, refs.set(change.name, change.value));
        return;
      }
      case 'tract':
        this.#tracts.set(change.tract.tractId, change.tract);
        return;
      case 'record':
        if (this.record(change.record.id)) return;
        this.#records.set(change.record.id, change.record);
        this.#newRecords.push(change.record.id);
        return;
      case 'recordUpdate': {
        const record = this.record(change.id);
        if (record) this.#records.set(change.id, { ...record, ...change.update });
        return;
      }
      case 'usage':
        this.#usage.push(change.report);
        return;
      default:
        return;
    }
  }
}
