import { InvalidArgumentError } from '../core/model/errors.js';
import type { BudgetSelection } from './selection.js';
import type { Substitution } from './substitution.js';

/** Name of the table, in every store. */
export const METRICS_TABLE = 'token_efficiency_metrics';

/**
 * Columns of {@link METRICS_TABLE} in order (SPEC §12), with SQLite type and the default that a migration from a table
 * without the column gives. `run_id` is the tract, `phase` the record. Unique: {@link METRICS_KEY}.
 */
export const METRICS_COLUMNS = [
  { name: 'run_id', type: 'TEXT', default: "''" },
  { name: 'phase', type: 'TEXT', default: "''" },
  { name: 'artifact_substitutions', type: 'INTEGER', default: '0' },
  { name: 'tokens_saved_artifacts', type: 'INTEGER', default: '0' },
  { name: 'artifact_tokens_used', type: 'INTEGER', default: '0' },
  { name: 'fullfile_tokens_avoided', type: 'INTEGER', default: '0' },
  { name: 'substituted_paths', type: 'TEXT', default: "'[]'" },
  { name: 'budget_mode', type: 'TEXT', default: "'lexical'" },
  { name: 'budget_used', type: 'INTEGER', default: '0' },
  { name: 'budget_cap', type: 'INTEGER', default: '0' },
  { name: 'files_kept', type: 'INTEGER', default: '0' },
  { name: 'files_omitted', type: 'INTEGER', default: '0' },
  { name: 'embedding_cache_hits', type: 'INTEGER', default: '0' },
  { name: 'embedding_cache_misses', type: 'INTEGER', default: '0' },
  { name: 'embedding_calls_made', type: 'INTEGER', default: '0' },
  { name: 'embedding_cap_value', type: 'INTEGER', default: '0' },
  { name: 'embedding_fallback_reason', type: 'TEXT', default: 'NULL' },
  { name: 'deliverables_count', type: 'INTEGER', default: '0' },
  { name: 'context_files_total', type: 'INTEGER', default: '0' },
  { name: 'outcome', type: 'TEXT', default: "''" },
  { name: 'created_at', type: 'TEXT', default: "''" },
] as const;

/** Columns of the unique index: the first write wins. */
export const METRICS_KEY = ['run_id', 'phase', 'outcome'] as const;

/** The columns that are added up, in table order. `embedding_cap_value` is a setting, not an amount. */
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

type Amount = (typeof METRICS_AMOUNTS)[number];

/** One row: one selection that was used for a compile. `substituted_paths` is a JSON array in the table. */
export interface TokenEfficiencyRow extends Readonly<Record<Amount, number>> {
  readonly run_id: string;
  readonly phase: string;
  readonly substituted_paths: readonly string[];
  readonly budget_mode: string;
  readonly embedding_cap_value: number;
  readonly embedding_fallback_reason: string | null;
  readonly outcome: string;
  readonly created_at: string;
}

/** Statistics of a run (SPEC Annex B.15). */
export interface TokenEfficiency {
  /** Number of rows. */
  readonly rows: number;
  readonly totals: Readonly<Record<Amount, number>>;
  /** Totals ÷ rows; zeros when there are none. */
  readonly averages: Readonly<Record<Amount, number>>;
  /** Total used ÷ total cap; 0 when the cap is 0 (or, from negative budgets, less). */
  readonly utilisation: number;
  /** Rows per budget mode. */
  readonly modes: Readonly<Record<string, number>>;
  /** Rows per outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

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

/** What {@link metricsRow} makes a row of. */
export interface MetricsInput {
  readonly runId: string;
  readonly phase: string;
  readonly outcome: string;
  /** ISO time. */
  readonly createdAt: string;
  readonly selection: BudgetSelection;
  /** Those planned; only the ones that the selection kept are counted. */
  readonly substitutions?: readonly Substitution[];
}

/** The row of one selection. A summary's tokens count once, however many files it stands for. */
export function metricsRow({ runId, phase, outcome, createdAt, ...input }: MetricsInput): TokenEfficiencyRow {
  const { selection, substitutions = [] } = input;
  const keptPaths = new Set(selection.kept.map(({ path }) => path));
  const used = substitutions.filter(({ paths }) => paths[0] !== undefined && keptPaths.has(paths[0]));
  const paths = used.flatMap((substitution) => substitution.paths);
  const artifactTokens = used.reduce((sum, { artifactTokens: tokens }) => sum + tokens, 0);
  const avoided = used.reduce((sum, { fullFileTokens }) => sum + fullFileTokens, 0);
  const merged = substitutions.reduce((sum, substitution) => sum + substitution.paths.length - 1, 0);
  return {
    run_id: runId,
    phase,
    artifact_substitutions: paths.length,
    tokens_saved_artifacts: avoided - artifactTokens,
    artifact_tokens_used: artifactTokens,
    fullfile_tokens_avoided: avoided,
    substituted_paths: paths.slice(0, MOST_PATHS),
    budget_mode: selection.mode,
    budget_used: selection.usedTokensEst,
    budget_cap: selection.budgetTokens,
    files_kept: selection.filesKeptCount,
    files_omitted: selection.filesOmittedCount,
    embedding_cache_hits: selection.embedding.hits,
    embedding_cache_misses: selection.embedding.misses,
    embedding_calls_made: selection.embedding.calls,
    embedding_cap_value: selection.embedding.capValue,
    embedding_fallback_reason: selection.embedding.fallbackReason,
    deliverables_count: selection.perFile.filter(({ reason }) => reason === 'pinned').length,
    // Files behind a shared summary were candidates too, though the selection saw one entry for them.
    context_files_total: selection.perFile.length + merged,
    outcome,
    created_at: createdAt,
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

/** Records a row; a failure becomes a warning and false, never an error (SPEC §12: recording never breaks the operation). */
export async function recordMetrics(
  record: (row: TokenEfficiencyRow) => boolean | Promise<boolean>,
  row: TokenEfficiencyRow,
  warn: (message: string) => void,
): Promise<boolean> {
  try {
    return await record(row);
  } catch (error) {
    warn(`Token efficiency was not recorded for ${row.phase}; nothing else is affected. ${String(error)}`);
    return false;
  }
}

const wrong = (column: string, expected: string): InvalidArgumentError =>
  new InvalidArgumentError(`Metrics column ${column} must be ${expected}.`);

function amounts(of: (column: Amount) => number): Record<Amount, number> {
  return Object.fromEntries(METRICS_AMOUNTS.map((column) => [column, of(column)])) as Record<Amount, number>;
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
