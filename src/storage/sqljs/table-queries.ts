import type { TokenEfficiencyRow } from '../../core/model/metrics.js';
import type { StoredOp } from '../../core/model/op.js';
import type { StoredRecord, UsageReport } from '../../core/model/record.js';
import type { RefLogEntry, RefValue } from '../../core/model/refs.js';
import type { StoredTract } from '../../core/model/tract.js';
import { Recent } from '../recent.js';
import type { Row, Statements } from './statements.js';
import { atMost, integer, text } from './statements.js';

/** Refs kept, at least. */
const REFS = 512;
const RECORD = 'SELECT data, effectives FROM records';

/** Reads of everything but commits and contents. JSON columns hold exactly the port's shapes, less what has a column. */
export class TableQueries {
  /** Null: there is none of that name. */
  private readonly knownRefs = new Recent<RefValue | null>(REFS);

  constructor(private readonly statements: Statements) {}

  tracts(): readonly StoredTract[] {
    return this.statements.rows('SELECT data FROM tracts ORDER BY id', [], toTract);
  }

  tract(tractId: string): StoredTract | undefined {
    return this.one('SELECT data FROM tracts WHERE tract_id = ?', tractId, toTract);
  }

  ref(tractId: string, name: string): RefValue | undefined {
    const known = this.knownRefs.get(refKey(tractId, name));
    if (known !== undefined) return known ?? undefined;
    const row = this.statements.row('SELECT value FROM refs WHERE tract_id = ? AND name = ?', [tractId, name]);
    const value = row === undefined ? null : text(row, 0);
    this.keepRef(tractId, name, value);
    return value ?? undefined;
  }

  /** To be called with every ref that moved: the same few are asked for with every operation. */
  keepRef(tractId: string, name: string, value: RefValue | null): void {
    this.knownRefs.set(refKey(tractId, name), value);
  }

  refs(tractId: string, prefix = ''): ReadonlyMap<string, RefValue> {
    const sql =
      'SELECT name, value FROM refs WHERE tract_id = ? AND name >= ? AND substr(name, 1, ?) = ? ORDER BY name';
    const length = Array.from(prefix).length;
    return new Map(
      this.statements.rows(sql, [tractId, prefix, length, prefix], (row) => [text(row, 0), text(row, 1)] as const),
    );
  }

  refLog(tractId: string, page: { readonly limit: number; readonly before?: number }): readonly RefLogEntry[] {
    return this.statements.rows(
      'SELECT seq, tract_id, data FROM ref_log WHERE tract_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
      [tractId, page.before ?? Number.MAX_SAFE_INTEGER, atMost(page.limit)],
      (row) => ({
        ...(JSON.parse(text(row, 2)) as Omit<RefLogEntry, 'seq' | 'tractId'>),
        seq: integer(row, 0),
        tractId: text(row, 1),
      }),
    );
  }

  record(id: string): StoredRecord | undefined {
    return this.one(`${RECORD} WHERE id = ?`, id, toRecord);
  }

  records(tractId: string, page: { readonly limit: number; readonly before?: string }): readonly StoredRecord[] {
    const before = this.before('SELECT seq FROM records WHERE id = ?', page.before);
    return this.statements.rows(
      `${RECORD} WHERE tract_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
      [tractId, before, atMost(page.limit)],
      toRecord,
    );
  }

  recordsOf(headHash: string): readonly StoredRecord[] {
    return this.statements.rows(`${RECORD} WHERE head_hash = ? ORDER BY seq DESC`, [headHash], toRecord);
  }

  pendingRecords(): readonly StoredRecord[] {
    return this.statements.rows(`${RECORD} WHERE pending = 1 ORDER BY seq`, [], toRecord);
  }

  latestUsage(headHash: string, optionsKey: string): UsageReport | undefined {
    // Asked for with every compile. A commit has few reports, most have none, and an ORDER BY costs five times the look-up.
    const sql = 'SELECT data, seq FROM usage_reports WHERE head_hash = ? AND options_key = ?';
    const found = this.statements.rows(sql, [headHash, optionsKey], (row) => row);
    const last = found.sort((a, b) => integer(a, 1) - integer(b, 1)).at(-1);
    return last === undefined ? undefined : toReport(last);
  }

  usageReports(headHash: string): readonly UsageReport[] {
    const sql = 'SELECT data FROM usage_reports WHERE head_hash = ? ORDER BY seq';
    return this.statements.rows(sql, [headHash], toReport);
  }

  op(opId: string): StoredOp | undefined {
    return this.one('SELECT data FROM ops WHERE op_id = ?', opId, toOp);
  }

  ops(page: { readonly tractId?: string; readonly limit: number; readonly before?: string }): readonly StoredOp[] {
    const before = this.before('SELECT seq FROM ops WHERE op_id = ?', page.before);
    return page.tractId === undefined
      ? this.statements.rows(
          'SELECT data FROM ops WHERE seq < ? ORDER BY seq DESC LIMIT ?',
          [before, atMost(page.limit)],
          toOp,
        )
      : this.statements.rows(
          'SELECT data FROM ops WHERE tract_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
          [page.tractId, before, atMost(page.limit)],
          toOp,
        );
  }

  metrics(runId: string): readonly TokenEfficiencyRow[] {
    const sql = 'SELECT data FROM token_efficiency_metrics WHERE run_id = ? ORDER BY seq';
    return this.statements.rows(sql, [runId], toMetric);
  }

  private one<T>(sql: string, key: string, map: (row: Row) => T): T | undefined {
    const row = this.statements.row(sql, [key]);
    return row === undefined ? undefined : map(row);
  }

  /** The place to page on from; a row that is not there has nothing before it. */
  private before(sql: string, key: string | undefined): number {
    if (key === undefined) return Number.MAX_SAFE_INTEGER;
    const row = this.statements.row(sql, [key]);
    return row === undefined ? 0 : integer(row, 0);
  }
}

function refKey(tractId: string, name: string): string {
  return `${tractId}\n${name}`;
}

function parsed(row: Row): unknown {
  return JSON.parse(text(row, 0));
}

const toTract = (row: Row): StoredTract => parsed(row) as StoredTract;
const toReport = (row: Row): UsageReport => parsed(row) as UsageReport;
const toOp = (row: Row): StoredOp => parsed(row) as StoredOp;
const toMetric = (row: Row): TokenEfficiencyRow => parsed(row) as TokenEfficiencyRow;

function toRecord(row: Row): StoredRecord {
  return {
    ...(JSON.parse(text(row, 0)) as Omit<StoredRecord, 'effectives'>),
    effectives: JSON.parse(text(row, 1)) as StoredRecord['effectives'],
  };
}
