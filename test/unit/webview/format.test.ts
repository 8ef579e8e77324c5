import assert from 'node:assert/strict';
import {
  age,
  compactCount,
  compactTokens,
  describeTokens,
  duration,
  fullCount,
  percent,
} from '../../../src/shared/format.js';

describe('numbers for people (SPEC §6, §15)', () => {
  it('writes counts compactly, budgets without trailing zeros', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [312, '312'],
      [999, '999'],
      [1000, '1k'],
      [1234, '1.23k'],
      [12_431, '12.4k'],
      [128_000, '128k'],
      [200_000, '200k'],
      [999_400, '999k'],
      [999_950, '1M'],
      [1_048_576, '1.05M'],
      [-1500, '-1.5k'],
    ];
    for (const [count, expected] of cases) assert.equal(compactCount(count), expected);
  });

  it('marks estimates with ~ and nothing else', () => {
    assert.equal(compactTokens({ count: 12_431, exact: false }), '~12.4k');
    assert.equal(compactTokens({ count: 12_431, exact: true }), '12.4k');
    assert.equal(describeTokens({ count: 12_431, exact: false }), '12,431 tokens, estimated');
    assert.equal(describeTokens({ count: 1, exact: true }), '1 token, reported by the provider');
    assert.equal(fullCount(1_234_567), '1,234,567');
  });

  it('never shows 0% for something, nor 100% before it is full', () => {
    assert.equal(percent(0), '0%');
    assert.equal(percent(0.001), '<1%');
    assert.equal(percent(0.062), '6%');
    assert.equal(percent(0.997), '99%');
    assert.equal(percent(1), '100%');
    assert.equal(percent(1.2), '120%');
  });

  it('says how long ago, clocks that go back included', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    assert.equal(age('2026-01-01T23:59:30.123456+00:00', now), 'now');
    assert.equal(age('2026-01-01T23:55:00+00:00', now), '5 min');
    assert.equal(age('2026-01-01T21:00:00+00:00', now), '3 h');
    assert.equal(age('2025-12-30T00:00:00+00:00', now), '3 d');
    assert.equal(age('2025-09-01T00:00:00+00:00', now), '4 mo');
    assert.equal(age('2024-06-01T00:00:00+00:00', now), '1 y');
    assert.equal(age('2026-01-03T00:00:00+00:00', now), 'now');
  });

  it('writes latencies', () => {
    assert.equal(duration(840.4), '840 ms');
    assert.equal(duration(2430), '2.4 s');
    assert.equal(duration(59_980), '1 min 0 s');
    assert.equal(duration(72_000), '1 min 12 s');
  });
});
