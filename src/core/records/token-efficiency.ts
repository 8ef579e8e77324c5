import { InvalidArgumentError } from '../model/errors.js';
import type { TokenEfficiencyRow } from '../model/metrics.js';

/** The columns that are added up, in table order. `embedding_cap_value` is a setting, not an amount (SPEC §12). */
export const METRICS_AMOUNTS = [
  'artifact_substitutions',
  'tokens_saved_artifacts',
  'artifact_tokens_used',
  'fullfile_tokens_avoided',
  'budget_used',
  'budget_cap',
  'files_kept',
  'files_omitted',
  'embedding_cache_hits',
  'embedding_cache_misses',
  'embedding_calls_made',
  'deliverables_count',
  'context_files_total',
] as const;

export type MetricsAmount = (typeof METRICS_AMOUNTS)[number];

/** Statistics of a run (SPEC Annex B.15). */
export interface TokenEfficiency {
  /** Number of rows. */
  readonly rows: number;
  readonly totals: Readonly<Record<MetricsAmount, number>>;
  /** Totals ÷ rows; zeros when there are none. */
  readonly averages: Readonly<Record<MetricsAmount, number>>;
  /** Total used ÷ total cap; 0 when the cap is 0 (or, from negative budgets, less). */
  readonly utilisation: number;
  /** Rows per budget mode. */
  readonly modes: Readonly<Record<string, number>>;
  /** Rows per outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** A row without whose it is and how the call ended: what is known as soon as the files are chosen. */
export type SelectionMetrics = Omit<TokenEfficiencyRow, 'run_id' | 'phase' | 'outcome' | 'created_at'>;

const MOST_PATHS = 10;
/** Columns that may be below zero: a negative budget, an unlimited cap (−1), a summary that cost more than it saved. */
const SIGNED: ReadonlySet<string> = new Set(['budget_cap', 'tokens_saved_artifacts']);

/** The statistics of `rows`. O(rows). */
export function tokenEfficiency(rows: readonly TokenEfficiencyRow[]): TokenEfficiency {
  const totals = amounts((column) => rows.reduce((sum, row) => sum + row[column], 0));
  return {
    rows: rows.length,
    totals,
    averages: amounts((column) => (rows.length === 0 ? 0 : totals[column] / rows.length)),
    utilisation: totals.budget_cap > 0 ? totals.budget_used / totals.budget_cap : 0,
    modes: countBy(rows.map((row) => row.budget_mode)),
    outcomes: countBy(rows.map((row) => row.outcome)),
  };
}

/**
 * Reads a row given by a caller or by the table: column names of SPEC §12 (`run` is read as `run_id`), missing amounts are 0,
 * a missing time is `now`. `substituted_paths` may be an array or its JSON, and keeps its first 10.
 * `tokens_saved_artifacts` is always avoided − used when either of these is given.
 * @throws InvalidArgumentError naming the column; nothing was recorded
 */
export function parseMetricsRow(input: unknown, now = new Date().toISOString()): TokenEfficiencyRow {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidArgumentError('A metrics row must be an object with the columns of token_efficiency_metrics.');
  }
  const given: Readonly<Record<string, unknown>> = { ...input };
  const parsed = amounts((column) => wholeNumber(given, column, SIGNED.has(column) ? -Infinity : 0));
  const computed = given['fullfile_tokens_avoided'] != null || given['artifact_tokens_used'] != null;
  const saved = parsed.fullfile_tokens_avoided - parsed.artifact_tokens_used;
  const reason = given['embedding_fallback_reason'] ?? null;
  if (reason !== null && typeof reason !== 'string') throw wrong('embedding_fallback_reason', 'a text or null');
  return {
    ...parsed,
    tokens_saved_artifacts: computed ? saved : parsed.tokens_saved_artifacts,
    run_id: text(given, 'run_id', given['run']),
    phase: text(given, 'phase'),
    substituted_paths: pathList(given['substituted_paths'] ?? []),
    budget_mode: text(given, 'budget_mode', 'lexical'),
    embedding_cap_value: wholeNumber(given, 'embedding_cap_value', -1),
    embedding_fallback_reason: reason,
    outcome: text(given, 'outcome'),
    created_at: text(given, 'created_at', now),
  };
}

/** Several selections before one call are one row: amounts are added, the newest says mode, cap of calls and reason. */
export function sumSelections(selections: readonly SelectionMetrics[]): SelectionMetrics | null {
  const newest = selections.at(-1);
  if (newest === undefined) return null;
  return {
    ...newest,
    ...amounts((column) => selections.reduce((sum, row) => sum + row[column], 0)),
    substituted_paths: selections.flatMap((row) => row.substituted_paths).slice(0, MOST_PATHS),
  };
}

const wrong = (column: string, expected: string): InvalidArgumentError =>
  new InvalidArgumentError(`Metrics column ${column} must be ${expected}.`);

function amounts(of: (column: MetricsAmount) => number): Record<MetricsAmount, number> {
  return Object.fromEntries(METRICS_AMOUNTS.map((column) => [column, of(column)])) as Record<MetricsAmount, number>;
}

function wholeNumber(given: Readonly<Record<string, unknown>>, column: string, least: number): number {
  const value = given[column] ?? 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw wrong(column, least === -Infinity ? 'a whole number' : `a whole number ≥ ${least}`);
}

function text(given: Readonly<Record<string, unknown>>, column: string, fallback?: unknown): string {
  const value = given[column] ?? fallback;
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(column, 'a text that is not empty');
}

function pathList(value: unknown): readonly string[] {
  let list = value;
  try {
    if (typeof value === 'string') list = JSON.parse(value);
  } catch {
    list = null;
  }
  if (Array.isArray(list) && list.every((path): path is string => typeof path === 'string')) {
    return list.slice(0, MOST_PATHS);
  }
  throw wrong('substituted_paths', 'an array of paths');
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}
