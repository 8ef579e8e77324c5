import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/core/model/errors.js';
import { FILE_SELECTION } from '../../../../src/core/records/file-selection.js';
import { parseMetricsRow, tokenEfficiency } from '../../../../src/core/records/token-efficiency.js';
import { openStore } from '../../../../src/library.js';
import type { TokenEfficiencyRow } from '../../../../src/core/model/metrics.js';
import type { Model } from '../../../../src/core/ports/model.js';

const row = (more: object = {}): ReturnType<typeof parseMetricsRow> =>
  parseMetricsRow({ run_id: 'tract', phase: 'record', outcome: 'answered', created_at: 'now', ...more });
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
});

/** The column names of a row, in the order of SPEC §12. */
const COLUMNS = [
  'artifact_substitutions',
  'tokens_saved_artifacts',
  'artifact_tokens_used',
  'fullfile_tokens_avoided',
  'substituted_paths',
  'budget_mode',
  'budget_used',
  'budget_cap',
  'files_kept',
  'files_omitted',
  'embedding_cache_hits',
  'embedding_cache_misses',
  'embedding_calls_made',
  'embedding_cap_value',
  'embedding_fallback_reason',
  'deliverables_count',
  'context_files_total',
  'outcome',
  'created_at',
];

describe('token efficiency of a store (§12, Annex B.15)', () => {
  it('keeps the first row of a (run, phase, outcome) and gives the totals of a run', async () => {
    const store = await openStore();
    const first = { run: 't', phase: 'r', outcome: 'answered', budget_used: 10, budget_cap: 40 };
    assert.equal(await store.recordTokenEfficiency(first), true);
    assert.equal(await store.recordTokenEfficiency({ ...first, budget_used: 99 }), false);
    assert.equal(await store.recordTokenEfficiency({ ...first, outcome: 'failed', budget_used: 20 }), true);
    const { rows, totals, utilisation, outcomes } = store.tokenEfficiency('t');
    assert.deepEqual([rows, totals.budget_used, utilisation, outcomes], [2, 30, 0.375, { answered: 1, failed: 1 }]);
    const [stored] = store.storage.metrics('t');
    assert.deepEqual(Object.keys(stored ?? {}).sort(), ['run_id', 'phase', ...COLUMNS].sort());
    assert.equal(store.tokenEfficiency('other').rows, 0);
    await assert.rejects(store.recordTokenEfficiency({ ...first, files_kept: -1 }), InvalidArgumentError);
    await store.close();
  });

  it('reads rows of before the newer columns, and the first still wins over a new one', async () => {
    const store = await openStore();
    const old = { run_id: 't', phase: 'r', outcome: 'answered', budget_used: 10, budget_cap: 40, created_at: 'then' };
    await store.storage.write([{ kind: 'metrics', row: old as unknown as TokenEfficiencyRow }]);
    const again = { ...old, embedding_calls_made: 3, artifact_substitutions: 2 };
    assert.equal(await store.recordTokenEfficiency(again), false);
    const { rows, totals, averages, utilisation, modes } = store.tokenEfficiency('t');
    assert.deepEqual(
      [rows, totals.budget_used, totals.embedding_calls_made, averages.artifact_substitutions, utilisation, modes],
      [1, 10, 0, 0, 0.25, { lexical: 1 }],
    );
    await store.close();
  });

  const model = (fail = false): Model => ({
    id: 'test/one',
    async *send() {
      await Promise.resolve();
      if (fail) throw new Error('down');
      yield { type: 'text', text: 'done' };
    },
  });
  const selection = (metrics: object) => ({ content_type: 'metadata', kind: FILE_SELECTION, data: { metrics } });
  const chosen = { budget_used: 30, budget_cap: 50, files_kept: 2, files_omitted: 1, budget_mode: 'lexical' };

  it('puts a selection into the record of the next call only, and one row under it (§7, §12)', async () => {
    const store = await openStore();
    const tract = await store.create({ name: 't' });
    await tract.user('look at these');
    const { commitHash } = await tract.commit(selection(chosen));
    const { record } = await tract.generate({ model: model() });
    assert.deepEqual(record.params, { selections: [{ commit: commitHash, ...chosen }] });
    assert.equal((await tract.chat('and now?', { model: model() })).record.params, null);
    const [row, ...more] = store.storage.metrics(tract.tractId);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [row?.run_id, row?.phase, row?.outcome, row?.budget_used, row?.created_at],
      [tract.tractId, record.id, 'answered', 30, record.createdAt],
    );
    await store.close();
  });

  it('adds up several selections before one call; a failed call counts, its repetition does not again', async () => {
    const store = await openStore();
    const tract = await store.create({ name: 't' });
    await tract.user('look');
    await tract.commit(selection(chosen));
    await tract.commit(selection({ ...chosen, budget_used: 5, budget_mode: 'semantic' }));
    await assert.rejects(tract.generate({ model: model(true) }), /down/);
    await tract.generate({ model: model() });
    assert.deepEqual(
      store.storage
        .metrics(tract.tractId)
        .map((row) => [row.outcome, row.budget_used, row.budget_cap, row.budget_mode]),
      [['failed', 35, 100, 'semantic']],
    );
    await store.close();
  });

  it('counts nothing for an undone selection or one that is no selection, and never breaks the call', async () => {
    const store = await openStore();
    const tract = await store.create({ name: 't' });
    await tract.user('look');
    await tract.commit(selection(chosen));
    await tract.undo();
    await tract.commit({ content_type: 'metadata', kind: 'note', data: { metrics: chosen } });
    assert.equal((await tract.generate({ model: model() })).record.params, null);
    await tract.commit(selection({ budget_used: 'many' }));
    assert.equal((await tract.generate({ model: model() })).text, 'done');
    assert.deepEqual(store.storage.metrics(tract.tractId), []);
    await store.close();
  });
});
