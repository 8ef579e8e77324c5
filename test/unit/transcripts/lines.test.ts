import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { LineCutter } from '../../../src/transcripts/lines.js';
import { sessionTime } from '../../../src/transcripts/time.js';
import { pieces } from './reading.js';

describe('Lines of a stream', () => {
  it('are the same whatever the pieces, with their numbers and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r\n') }),
        fc.integer({ min: 1, max: 9 }),
        async (text, size) => {
          const bytes = new TextEncoder().encode(text);
          const cutter = new LineCutter();
          const lines: string[] = [];
          let end = 0;
          for await (const piece of pieces(bytes, size)) {
            for (const line of cutter.push(piece)) {
              assert.equal(line.number, lines.length + 1);
              lines.push(line.text);
              end = line.end;
              assert.equal(bytes[end - 1], 0x0a);
            }
          }
          const rest = cutter.rest();
          const expected = text.split(/\r?\n/);
          assert.deepEqual([...lines, rest?.text ?? ''], expected);
          assert.equal(rest?.end ?? end, bytes.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('above the limit are dropped, not held, and named', () => {
    const cutter = new LineCutter({ number: 4, end: 100 }, 8);
    const lines = [...cutter.push(new TextEncoder().encode('123456789\nok\n'))];
    assert.deepEqual(lines, [
      { number: 5, end: 110, whole: true, text: '', problem: 'too long' },
      { number: 6, end: 113, whole: true, text: 'ok' },
    ]);
  });
});

describe('Times of a session (§4)', () => {
  for (const [value, expected] of [
    ['2026-02-11T20:36:45.618Z', '2026-02-11T20:36:45.618000+00:00'],
    ['2026-02-11T20:36:45.123456789+02:00', '2026-02-11T18:36:45.123456+00:00'],
    ['2026-02-11T20:36:45Z', '2026-02-11T20:36:45+00:00'],
    ['2026-02-11 20:36:45', '2026-02-11T20:36:45+00:00'],
    [1767225600, '2026-01-01T00:00:00+00:00'],
    [1767225600123, '2026-01-01T00:00:00.123000+00:00'],
    ['2026-02-31T99:00:00Z', undefined],
    ['yesterday', undefined],
    [Number.NaN, undefined],
    [null, undefined],
  ] as const) {
    it(`${String(value)} → ${expected ?? 'none'}`, () => {
      assert.equal(sessionTime(value), expected);
    });
  }
});
