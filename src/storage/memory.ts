import type { TokenEfficiencyRow } from '../core/model/metrics.js';
import type { StoredOp } from '../core/model/op.js';
import type { StoredRecord, UsageReport } from '../core/model/record.js';
import type { RefLogEntry, RefValue } from '../core/model/refs.js';
import type { StoredTract } from '../core/model/tract.js';
import type { Change, Storage, StoreChange, StoreNotice } from '../core/ports/storage.js';
import { StoreClosedError, StoreIntegrityError } from './errors.js';
import { ChangeListeners, tractsTouched } from './listeners.js';
import { MemoryGraph } from './memory-graph.js';
import type { Undo } from './memory-graph.js';
import { compareCodePoints } from './utf8.js';

/** A store that lives as long as the process: plain maps, no database (SPEC §18: `Tract.open` without a directory). */
export function openMemoryStorage(): Promise<Storage> {
  return Promise.resolve(new MemoryStorage());
}

/**
 * The contract at its plainest: every table is a map, a batch keeps an undo for each step it took. It is the oracle the durable
 * stores are compared with, so it shares no code with them below the port.
 */
class MemoryStorage extends MemoryGraph implements Storage {
  readonly readOnlyReason = null;
  readonly notices: readonly StoreNotice[] = [];
  private readonly listeners = new ChangeListeners();
  private readonly tractRows = new Map<string, StoredTract>();
  private readonly refRows = new Map<string, Map<string, RefValue>>();
  private readonly refLogs = new Map<string, RefLogEntry[]>();
  private readonly recordRows = new Map<string, StoredRecord>();
  private readonly recordsByTract = new Map<string, string[]>();
  private readonly recordsByHead = new Map<string, string[]>();
  private readonly reports = new Map<string, UsageReport[]>();
  private readonly opRows = new Map<string, StoredOp>();
  private readonly metricRows = new Map<string, TokenEfficiencyRow[]>();
  private lastSeq = 0;
  private closed = false;

  tracts(): readonly StoredTract[] {
    return [...this.tractRows.values()];
  }

  tract(tractId: string): StoredTract | undefined {
    return this.tractRows.get(tractId);
  }

  ref(tractId: string, name: string): RefValue | undefined {
    return this.refRows.get(tractId)?.get(name);
  }

  refs(tractId: string, prefix = ''): ReadonlyMap<string, RefValue> {
    const rows = [...(this.refRows.get(tractId) ?? [])].filter(([name]) => name.startsWith(prefix));
    return new Map(rows.sort(([a], [b]) => compareCodePoints(a, b)));
  }

  refLog(tractId: string, page: { readonly limit: number; readonly before?: number }): readonly RefLogEntry[] {
    const before = page.before ?? Infinity;
    return newestFirst(this.refLogs.get(tractId) ?? [], page.limit, (entry) => entry.seq < before);
  }

  record(id: string): StoredRecord | undefined {
    return this.recordRows.get(id);
  }

  records(tractId: string, page: { readonly limit: number; readonly before?: string }): readonly StoredRecord[] {
    const ids = this.recordsByTract.get(tractId) ?? [];
    const end = page.before === undefined ? ids.length : Math.max(0, ids.indexOf(page.before));
    return newestFirst(ids.slice(0, end), page.limit).flatMap((id) => this.recordRows.get(id) ?? []);
  }

  recordsOf(headHash: string): readonly StoredRecord[] {
    return newestFirst(this.recordsByHead.get(headHash) ?? []).flatMap((id) => this.recordRows.get(id) ?? []);
  }

  pendingRecords(): readonly StoredRecord[] {
    return [...this.recordRows.values()].filter((record) => record.outcome === 'pending');
  }

  latestUsage(headHash: string, optionsKey: string): UsageReport | undefined {
    return this.reports.get(headHash)?.findLast((report) => report.optionsKey === optionsKey);
  }

  usageReports(headHash: string): readonly UsageReport[] {
    return [...(this.reports.get(headHash) ?? [])];
  }

  op(opId: string): StoredOp | undefined {
    return this.opRows.get(opId);
  }

  ops(page: { readonly tractId?: string; readonly limit: number; readonly before?: string }): readonly StoredOp[] {
    const rows = [...this.opRows.values()];
    const end = page.before === undefined ? rows.length : rows.findIndex((op) => op.opId === page.before);
    return newestFirst(
      rows.slice(0, Math.max(0, end)),
      page.limit,
      (op) => page.tractId === undefined || op.tractId === page.tractId,
    );
  }

  metrics(runId: string): readonly TokenEfficiencyRow[] {
    return [...(this.metricRows.get(runId) ?? [])];
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (this.closed) throw new StoreClosedError();
    const undos: Undo[] = [];
    try {
      for (const change of changes) this.apply(change, undos);
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    }
    const tractIds = tractsTouched(changes, (id) => this.recordRows.get(id)?.tractId);
    await Promise.resolve();
    this.listeners.tell({ origin: 'own', tractIds });
  }

  onDidChange(listener: (change: StoreChange) => void): () => void {
    return this.listeners.add(listener);
  }

  check(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.closed = true;
    this.listeners.clear();
    return Promise.resolve();
  }

  private apply(change: Change, undos: Undo[]): void {
    switch (change.kind) {
      case 'content':
        this.addContent(change.contentHash, change.text, undos);
        break;
      case 'commit':
        this.addCommit(change.commit, undos);
        break;
      case 'ref': {
        const rows = getOr(this.refRows, change.tractId, () => new Map<string, RefValue>());
        if (change.value === null) put(rows, change.name, undefined, undos);
        else put(rows, change.name, change.value, undos);
        break;
      }
      case 'refLog':
        push(this.refLogs, change.entry.tractId, { ...change.entry, seq: ++this.lastSeq }, undos);
        undos.push(() => this.lastSeq--);
        break;
      case 'tract':
        put(this.tractRows, change.tract.tractId, change.tract, undos);
        break;
      case 'record':
        if (this.recordRows.has(change.record.id)) break;
        put(this.recordRows, change.record.id, change.record, undos);
        push(this.recordsByTract, change.record.tractId, change.record.id, undos);
        push(this.recordsByHead, change.record.headHash, change.record.id, undos);
        break;
      case 'recordUpdate': {
        const record = this.recordRows.get(change.id);
        if (record === undefined) throw new StoreIntegrityError(`there is no compile record ${change.id}.`);
        put(this.recordRows, change.id, { ...record, ...change.update }, undos);
        break;
      }
      case 'usage':
        push(this.reports, change.report.headHash, change.report, undos);
        break;
      case 'op':
        put(this.opRows, change.op.opId, change.op, undos);
        break;
      case 'metrics': {
        const { run_id: run, phase, outcome } = change.row;
        const there = this.metricRows.get(run)?.some((row) => row.phase === phase && row.outcome === outcome);
        if (there !== true) push(this.metricRows, run, change.row, undos);
        break;
      }
      case 'removeCommits':
        this.removeCommits(change.commitHashes, undos);
        break;
      case 'removeContents':
        this.removeContents(change.contentHashes, undos);
        break;
      case 'unreachable':
        this.markUnreachable(change.commitHashes, change.at, undos);
        break;
      case 'trimRefLog': {
        const rows = this.refLogs.get(change.tractId);
        if (rows === undefined) break;
        put(
          this.refLogs,
          change.tractId,
          rows.filter((entry) => entry.seq > change.upTo),
          undos,
        );
        break;
      }
    }
  }
}

function newestFirst<T>(rows: readonly T[], limit = Infinity, keep: (row: T) => boolean = () => true): T[] {
  const found: T[] = [];
  for (let i = rows.length - 1; i >= 0 && found.length < limit; i--) {
    const row = rows[i];
    if (row !== undefined && keep(row)) found.push(row);
  }
  return found;
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Sets, or with `undefined` deletes, and remembers how to go back. A key that was there keeps its place in the map. */
function put<K, V>(map: Map<K, V>, key: K, value: V | undefined, undos: Undo[]): void {
  const before = map.get(key);
  if (value === undefined) {
    map.delete(key);
  } else {
    map.set(key, value);
  }
  undos.push(() => {
    if (before === undefined) map.delete(key);
    else map.set(key, before);
  });
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V, undos: Undo[]): void {
  const rows = getOr(map, key, () => []);
  rows.push(value);
  undos.push(() => {
    rows.pop();
  });
}
