import assert from 'node:assert/strict';
import { parseMetricsRow } from '../../../src/core/records/token-efficiency.js';
import { selectionLogLine } from '../../../src/budget/log-line.js';
import { selectionMetrics } from '../../../src/budget/metrics.js';
import { selectFilesForContext } from '../../../src/budget/selection.js';
import type { Substitution } from '../../../src/budget/substitution.js';

const substitution = (paths: string[], artifactTokens: number, fullFileTokens: number): Substitution => ({
  paths,
  source: 'file',
  summaryId: null,
  text: '',
  artifactTokens,
  fullFileTokens,
});

describe('metrics of a selection (§12)', () => {
  it('makes a row of a selection; a summary counts once and only when kept', async () => {
    const selection = await selectFilesForContext({
      files: ['d', 'a', 'big'].map((path) => ({ path, content: 'x'.repeat(path === 'big' ? 400 : 40) })),
      deliverables: ['d'],
      budgetTokens: 50,
    });
    const made = selectionMetrics(selection, [substitution(['a', 'b'], 10, 70), substitution(['big', 'c'], 100, 900)]);
    assert.deepEqual(made, {
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
    });
    const whose = { run_id: 't', phase: 'r', outcome: 'answered', created_at: '2026-01-01T00:00:00+00:00' };
    assert.deepEqual(parseMetricsRow({ ...made, ...whose }), { ...made, ...whose });
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
