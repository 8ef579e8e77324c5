import assert from 'node:assert/strict';
import { NO_VIEWS, receive, remembered, tabs, textKey } from '../../../webview/panel/panel-state.js';
import { comparisonRows } from '../../../webview/records/comparison-rows.js';
import { budgetOf } from '../../../webview/plan/budget-of.js';
import { planRows, savedBy, withMoved } from '../../../webview/plan/plan-rows.js';
import { sampleComparison, samplePlan } from '../../ui/support/panel-history-views.js';
import { hashOf, message, sampleContext } from '../../ui/support/panel-views.js';

describe('panel state', () => {
  it('replaces whole views and shows plan and efficiency only when there is one', () => {
    const plan = samplePlan(2);
    const views = receive(NO_VIEWS, { type: 'plan', view: plan });
    assert.equal(views.plan, plan);
    assert.deepEqual(tabs(views), ['context', 'budget', 'records', 'graph', 'plan']);
    assert.deepEqual(tabs(receive(views, { type: 'plan', view: null })), ['context', 'budget', 'records', 'graph']);
  });

  it('keeps a loaded text across an append and drops it after an edit', () => {
    const cut = { ...sampleContext(1), messages: [message(1, { text: 'abc', textLength: 6 })] };
    const loaded = receive(receive(NO_VIEWS, { type: 'context', view: cut }), {
      type: 'text',
      hash: hashOf(1),
      at: cut.at,
      text: 'abcdef',
    });
    const appended = receive(loaded, {
      type: 'context',
      view: { ...cut, at: hashOf('next'), messages: [...cut.messages, message(2)] },
    });
    assert.equal(appended.texts.get(textKey(hashOf(1), hashOf('next'))), 'abcdef');
    const edited = { ...cut, messages: [message(1, { text: 'abX', textLength: 6, edited: true })] };
    assert.equal(receive(loaded, { type: 'context', view: edited }).texts.size, 0);
  });

  it('starts fresh from what another version remembered', () => {
    assert.equal(remembered(undefined).tab, 'context');
    assert.equal(remembered({ tab: 'gone', filter: 1 }).filter, '');
    const saved = { ...remembered(undefined), tab: 'graph', scroll: { graph: 120 } };
    assert.deepEqual(remembered(saved), saved);
  });
});

describe('comparison of two records (SPEC §7)', () => {
  it('folds runs of unchanged messages, not single ones', () => {
    const rows = comparisonRows(sampleComparison().messages, new Set());
    assert.deepEqual(
      rows.map((row) => (row.kind === 'fold' ? `${row.count}×${row.tokens}` : row.diff.status)),
      ['modified', '33×1320', 'removed', 'unchanged', 'added', 'added'],
    );
    const fold = rows[1];
    assert.ok(fold?.kind === 'fold');
    assert.equal(comparisonRows(sampleComparison().messages, new Set([fold.key])).length, 38);
  });
});

describe('plan of workspace files (SPEC §12)', () => {
  it('shows a moved file, its cost and the budget before the host answers', () => {
    const plan = { ...samplePlan(16), used: 100, cap: 500 };
    const omitted = plan.files.find((file) => !file.kept);
    assert.ok(omitted);
    const moved = withMoved(plan, omitted.path, true);
    assert.equal(moved.used, 100 + omitted.tokens);
    assert.equal(moved.overBudget, moved.used > 500);
    assert.deepEqual(
      moved.files.find((file) => file.path === omitted.path),
      {
        ...omitted,
        kept: true,
        reason: 'moved',
      },
    );
    assert.equal(withMoved(moved, omitted.path, false).used, 100);
    assert.equal(withMoved(plan, 'no such file', true), plan);
  });

  it('reads a budget as a person types it', () => {
    assert.deepEqual(['20000', ' 20k ', '20,000', '0', '', '2.5k', '-1', 'many'].map(budgetOf), [
      20_000,
      20_000,
      20_000,
      0,
      null,
      null,
      null,
      null,
    ]);
  });

  it('lists kept before omitted, each with its sums; a summary counts instead of its file', () => {
    const plan = samplePlan(16);
    const rows = planRows(plan);
    const groups = rows.filter((row) => row.kind === 'group');
    assert.deepEqual(
      groups.map((group) => [group.kept, group.files]),
      [
        [true, 14],
        [false, 2],
      ],
    );
    const whole = plan.files
      .filter((file) => file.kept && !file.substitution)
      .reduce((sum, file) => sum + file.tokens, 0);
    assert.equal(groups[0]?.tokens, whole + 2 * 180);
    assert.equal(savedBy(plan), 8_200);
  });
});
