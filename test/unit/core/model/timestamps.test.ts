import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

async function createdAt(timestamp: Date | string): Promise<string> {
  const tract = await openTract();
  return (await tract.user('Hi', { timestamp })).createdAt;
}

describe('timestamps (§4)', () => {
  const written: readonly (readonly [Date | string, string])[] = [
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00+00:00'],
    ['2026-01-01T00:00:00.000000+00:00', '2026-01-01T00:00:00+00:00'],
    ['2026-01-01T00:00:01.000123+00:00', '2026-01-01T00:00:01.000123+00:00'],
    ['2026-01-01T00:00:01.5Z', '2026-01-01T00:00:01.500000+00:00'],
    ['2026-01-01T02:30:00+02:30', '2026-01-01T00:00:00+00:00'],
    ['2025-12-31T19:00:00-05:00', '2026-01-01T00:00:00+00:00'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999+00:00'],
    ['2026-01-31', '2026-01-31T00:00:00+00:00'],
    [new Date(Date.UTC(2026, 0, 1)), '2026-01-01T00:00:00+00:00'],
    [new Date(Date.UTC(2026, 0, 1, 0, 0, 0, 7)), '2026-01-01T00:00:00.007000+00:00'],
  ];
  for (const [given, text] of written) {
    it(`§4: ${given instanceof Date ? `a Date ${given.toISOString()}` : given} is ${text}`, async () => {
      assert.equal(await createdAt(given), text);
    });
  }

  for (const given of [
    'yesterday',
    '',
    '2026-02-30T00:00:00Z',
    '2026-02-30',
    '2026-01',
    '2026-01-01Z',
    '2026-01-01T24:00:00Z',
    new Date(Number.NaN),
  ]) {
    it(`Annex A: ${String(given) || 'an empty text'} is no time and stores nothing`, async () => {
      const tract = await openTract();
      assert.ok((await failure(tract.user('Hi', { timestamp: given }))) instanceof InvalidArgumentError);
      assert.equal(tract.head, null);
    });
  }
});
