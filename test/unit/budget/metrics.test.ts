import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../src/core/model/errors.js';
import { selectionLogLine } from '../../../src/budget/log-line.js';
import {
  METRICS_COLUMNS,
  metricsRow,
  parseMetricsRow,
  recordMetrics,
  tokenEfficiency,
} from '../../../src/budget/metrics.js';
import { selectFilesForContext } from '../../../src/budget/selection.js';
import type { Substitution } from '../../../src/budget/substitution.js';

const row = (more: object = {}): ReturnType<typeof parseMetricsRow> =>
  parseMetricsRow({ run_id: 'tract', phase: 'record', outcome: 'answered', created_at: 'now', ...more });
const substitution = (paths: string[], artifactTokens: number, fullFileTokens: number): Substitution => ({
  paths,
  source: 'file',
  summaryId: null,
  text: '',
  artifactTokens,
  fullFileTokens,
});

describe('token efficiency metrics (§12, Annex B.15)', () => {
  it('gives zeros and {} for an empty run', () => {
    const { rows, totals, averages, utilisation, modes, outcomes } = tokenEfficiency([]);
    assert.equal(rows, 0);
    assert.equal(Object.keys(totals).length, 13);
    assert.ok([...Object.values(totals), ...Object.values(averages), utilisation].every((value) => value === 0));
    assert.deepEqual([modes, outcomes], [{}, {}]);
  });

  it('adds, averages and counts exactly', () => {
    const result = tokenEfficiency([
      row({ budget_used: 30, budget_cap: 100, fullfile_tokens_avoided: 50, artifact_tokens_used: 20 }),
      row({ budget_used: 45, budget_cap: 200, budget_mode: 'semantic', outcome: 'failed', files_kept: 3 }),
    ]);
    assert.equal(result.rows, 2);
    assert.equal(result.totals.tokens_saved_artifacts, 30);
    assert.equal(result.averages.tokens_saved_artifacts, 15);
    assert.equal(result.averages.files_kept, 1.5);
    assert.equal(result.utilisation, 0.25);
    assert.deepEqual(result.modes, { lexical: 1, semantic: 1 });
    assert.deepEqual(result.outcomes, { answered: 1, failed: 1 });
    assert.equal(tokenEfficiency([row({ budget_used: 5 })]).utilisation, 0);
  });

  it('makes a row of a selection; a summary counts once and only when kept', async () => {
    const selection = await selectFilesForContext({
      files: ['d', 'a', 'big'].map((path) => ({ path, content: 'x'.repeat(path === 'big' ? 400 : 40) })),
      deliverables: ['d'],
      budgetTokens: 50,
    });
    const made = metricsRow({
      runId: 't',
      phase: 'r',
      outcome: 'answered',
      createdAt: '2026-01-01T00:00:00+00:00',
      selection,
      substitutions: [substitution(['a', 'b'], 10, 70), substitution(['big', 'c'], 100, 900)],
    });
    assert.deepEqual(made, {
      run_id: 't',
      phase: 'r',
      artifact_substitutions: 2,
      tokens_saved_artifacts: 60,
      artifact_tokens_used: 10,
      fullfile_tokens_avoided: 70,
      substituted_paths: ['a', 'b'],
      budget_mode: 'lexical',
      budget_used: 20,
      budget_cap: 50,
      files_kept: 2,
      files_omitted: 1,
      embedding_cache_hits: 0,
      embedding_cache_misses: 0,
      embedding_calls_made: 0,
      embedding_cap_value: 0,
      embedding_fallback_reason: 'disabled',
      deliverables_count: 1,
      context_files_total: 5,
      outcome: 'answered',
      created_at: '2026-01-01T00:00:00+00:00',
    });
    assert.deepEqual(
      Object.keys(made),
      METRICS_COLUMNS.map(({ name }) => name),
    );
    assert.deepEqual(parseMetricsRow(made), made);
  });

  it('reads rows with missing newer columns, the paths as JSON, at most 10', () => {
    assert.equal(row({ tokens_saved_artifacts: 7 }).tokens_saved_artifacts, 7);
    assert.equal(row({ tokens_saved_artifacts: 7, artifact_tokens_used: 2 }).tokens_saved_artifacts, -2);
    assert.deepEqual(row({ substituted_paths: '["a"]' }).substituted_paths, ['a']);
    assert.equal(row({ substituted_paths: Array.from({ length: 12 }, String) }).substituted_paths.length, 10);
    assert.equal(row({ embedding_cap_value: -1 }).embedding_cap_value, -1);
    assert.equal(parseMetricsRow({ run: 't', phase: 'r', outcome: 'x' }, 'then').created_at, 'then');
  });

  it('refuses what is no row, naming the column', () => {
    const bad: [object, RegExp][] = [
      [{ run_id: '' }, /run_id/],
      [{ phase: 3 }, /phase/],
      [{ budget_used: -1 }, /budget_used/],
      [{ files_kept: 1.5 }, /files_kept/],
      [{ budget_cap: NaN }, /budget_cap/],
      [{ embedding_cap_value: -2 }, /embedding_cap_value/],
      [{ substituted_paths: '{' }, /substituted_paths/],
      [{ substituted_paths: [1] }, /substituted_paths/],
      [{ embedding_fallback_reason: 0 }, /embedding_fallback_reason/],
    ];
    for (const [more, message] of bad) {
      assert.throws(
        () => row(more),
        (error) => error instanceof InvalidArgumentError && message.test(error.message),
      );
    }
    assert.throws(() => parseMetricsRow(null), InvalidArgumentError);
  });

  it('only warns when recording fails', async () => {
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    assert.equal(await recordMetrics(() => Promise.reject(new Error('locked')), row(), warn), false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /locked/);
    assert.equal(await recordMetrics(() => true, row(), warn), true);
  });
});

describe('log line of a selection (§12)', () => {
  it('has counts, at most 10 paths and no contents, on one line', async () => {
    const files = Array.from({ length: 14 }, (_, i) => ({ path: `f${i}\n.ts`, content: 'SECRET'.repeat(4) }));
    const selection = await selectFilesForContext({ files, query: 'QUERY', budgetTokens: 18 });
    assert.equal(
      selectionLogLine(selection, 2),
      'File selection: mode=lexical(disabled) kept=3 omitted=11 substituted=2 tokens=18/18 pinned=0 overBudget=false ' +
        'hits=0 misses=0 calls=0 cap=0 kept: [f0 .ts, f1 .ts, f2 .ts] ' +
        'omitted: [f3 .ts, f4 .ts, f5 .ts, f6 .ts, f7 .ts, f8 .ts, f9 .ts] and 4 more',
    );
  });
});
