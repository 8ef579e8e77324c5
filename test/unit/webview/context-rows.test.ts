import assert from 'node:assert/strict';
import { contextRows, heaviest } from '../../../webview/context/context-rows.js';
import { message, sampleContext } from '../../ui/support/panel-views.js';

const context = (cached: number | null, skipped: readonly number[] = []) => ({
  ...sampleContext(2),
  messages: [0, 1, 2, 3].map((index) => message(index, { inContext: !skipped.includes(index) })),
  cachedUpTo:
    cached === null ? null : { messages: cached, tokens: 10, model: null, recordedAt: '2026-01-01T00:00:00+00:00' },
});

function shape(rows: ReturnType<typeof contextRows>): string {
  return rows.map((row) => (row.kind === 'cacheLine' ? '|' : `${row.number}${row.cached ? 'c' : ''}`)).join(' ');
}

describe('rows of the context (SPEC §15 "cached up to here")', () => {
  it('draws the line after the last cached message', () => {
    assert.equal(shape(contextRows(context(2), '', true)), '1c 2c | 3 4');
    assert.equal(shape(contextRows(context(4), '', true)), '1c 2c 3c 4c |');
  });

  it('draws none before the first call or when nothing is stable', () => {
    assert.equal(shape(contextRows(context(null), '', true)), '1 2 3 4');
    assert.equal(shape(contextRows(context(0), '', true)), '1 2 3 4');
  });

  it('counts visible messages only; a skipped one has the number before it', () => {
    assert.equal(shape(contextRows(context(2, [1]), '', true)), '1c 1 2c | 3');
    assert.equal(shape(contextRows(context(2, [1]), '', false)), '1c 2c | 3');
  });

  it('filters by text, role, path and the beginning of the hash, and keeps the line', () => {
    assert.equal(shape(contextRows(context(2), 'message 3', true)), '| 4');
    assert.equal(shape(contextRows(context(2), message(0).hash.slice(0, 8), true)), '1c |');
    assert.equal(shape(contextRows(context(2), 'nothing has this', true)), '|');
  });

  it('measures bars against the heaviest visible message', () => {
    const view = context(null, [3]);
    assert.equal(heaviest(view), 8 + 2 * 13);
    assert.equal(heaviest({ ...view, messages: [] }), 1);
  });
});
