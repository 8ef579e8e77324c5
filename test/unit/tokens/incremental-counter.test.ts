import assert from 'node:assert/strict';
import type { EncodingName } from '../../../src/tokens/encodings.js';
import { counterBlocks, IncrementalCounter } from '../../../src/tokens/incremental-counter.js';
import { isSafeCut, nextSafeCut } from '../../../src/tokens/safe-cut.js';
import { randomCodePoints, randomSource, randomText } from './random-text.js';
import { tokenizers } from './source-tokenizers.js';

const ENCODINGS: readonly EncodingName[] = ['o200k_base', 'cl100k_base'];

describe('createIncrementalCounter (§18)', function () {
  this.timeout(60_000);

  it('follows typing, deleting and pasting', () => {
    const counter = tokenizers.createIncrementalCounter('Hello');
    assert.equal(counter.count, 1);
    counter.edit(5, 0, ', world!');
    assert.equal(counter.count, 4);
    counter.edit(0, 13, '');
    assert.equal(counter.count, 0);
    assert.equal(counter.length, 0);
    counter.edit(0, 0, '你好世界');
    assert.equal(counter.count, 2);
  });

  it('Annex A: refuses to insert what is no text, and changes nothing', () => {
    const counter = tokenizers.createIncrementalCounter('hello world');
    assert.throws(
      () => {
        counter.edit(0, 0, 5 as never);
      },
      { code: 'INVALID_ARGUMENT' },
    );
    assert.equal(counter.count, 2);
  });

  it('refuses a range outside the text and changes nothing', () => {
    const counter = tokenizers.createIncrementalCounter('Hello');
    const ranges: [number, number][] = [
      [-1, 0],
      [6, 0],
      [0, 6],
      [5, 1],
      [0, -1],
      [1.5, 0],
      [0, 0.5],
      [NaN, 0],
      [0, NaN],
      [Infinity, 0],
    ];
    for (const [offset, deleteLength] of ranges) {
      assert.throws(
        () => {
          counter.edit(offset, deleteLength, 'x');
        },
        { code: 'INVALID_ARGUMENT' },
      );
    }
    assert.equal(counter.count, 1);
    assert.equal(counter.length, 5);
  });

  it('takes counts made elsewhere, and counts any part of the text as that part alone', () => {
    const random = randomSource(7);
    const text = randomText(random, 3_000);
    const counts = counterBlocks(text).map((block) => tokenizers.countTokens(block));
    const counter = new IncrementalCounter(tokenizers.createTokenizer(), text, counts);
    assert.equal(counter.count, tokenizers.countTokens(text));
    for (let n = 0; n < 200; n++) {
      const start = Math.floor(random() * (text.length + 1));
      const end = start + Math.floor(random() * (text.length - start + 1));
      assert.equal(counter.countRange(start, end), tokenizers.countTokens(text.slice(start, end)), `${start}…${end}`);
    }
    assert.throws(() => counter.countRange(5, 4), { code: 'INVALID_ARGUMENT' });
  });

  for (const encoding of ENCODINGS) {
    it(`equals the full count after every edit in ${encoding}`, () => {
      for (let seed = 1; seed <= 12; seed++) {
        const random = randomSource(seed);
        let text = randomText(random, 4_000);
        const counter = tokenizers.createIncrementalCounter(text, encoding);
        for (let n = 0; n < 150; n++) {
          const offset = Math.floor(random() * (text.length + 1));
          const wide = random() < 0.1 ? 5_000 : 6;
          const deleted = Math.min(text.length - offset, Math.floor(random() * wide));
          const inserted = random() < 0.3 ? '' : randomText(random, random() < 0.1 ? 1_000 : 3);
          text = text.slice(0, offset) + inserted + text.slice(offset + deleted);
          counter.edit(offset, deleted, inserted);
          const expected = tokenizers.countTokens(text, encoding);
          if (counter.count !== expected)
            assert.fail(`seed ${seed}, edit ${n}: ${counter.count} instead of ${expected}`);
          assert.equal(counter.length, text.length);
        }
      }
    });

    it(`equals the full count in texts without a safe cut in ${encoding}`, () => {
      for (const unit of ['a', '=', ' ', '\n', '1', '中', '😀', "'", '\u0301']) {
        let text = unit.repeat(5_000);
        const counter = tokenizers.createIncrementalCounter(text, encoding);
        for (const [offset, deleted, inserted] of [
          [2_500, 0, 'b'],
          [2_500, 1, ''],
          [0, 1, '\n'],
          [4_000, 700, ' 1'],
          [3_999, 1, ''],
        ] as const) {
          text = text.slice(0, offset) + inserted + text.slice(offset + deleted);
          counter.edit(offset, deleted, inserted);
          assert.equal(counter.count, tokenizers.countTokens(text, encoding), JSON.stringify(unit));
        }
      }
    });

    it(`adds up at safe cuts in ${encoding}`, () => {
      let cuts = 0;
      for (let seed = 1; seed <= 8_000; seed++) {
        const random = randomSource(seed);
        const text = seed % 3 === 0 ? randomCodePoints(random, 30) : randomText(random, 16);
        const whole = tokenizers.countTokens(text, encoding);
        for (let cut = nextSafeCut(text, 1); cut < text.length; cut = nextSafeCut(text, cut + 1)) {
          const [left, right] = [text.slice(0, cut), text.slice(cut)];
          const sum = tokenizers.countTokens(left, encoding) + tokenizers.countTokens(right, encoding);
          if (sum !== whole) assert.fail(`${JSON.stringify(left)} | ${JSON.stringify(right)}`);
          cuts++;
        }
      }
      assert.ok(cuts > 15_000, `only ${cuts} cuts`);
    });
  }
});

describe('isSafeCut (DESIGN "Tokens")', () => {
  const cases: [before: string, after: string, safe: boolean][] = [
    ['a', ' ', true],
    ['!', '\t', true],
    [' ', ' ', false],
    ['\n', ' ', false],
    ['a', '\n', false],
    ['1', 'a', true],
    ['1', '1', false],
    ['a', '1', true],
    ['\n', '1', true],
    [' ', '1', false],
    ['a', '.', true],
    ['a', "'", false],
    ['a', '\u0301', false],
    ['!', '.', false],
    [' ', 'a', false],
    ['\n', 'a', true],
    ['\n', '!', true],
    ['\n', '/', false],
    ['\n', '\n', false],
    ['a', '\ud83d', false],
    ['\udc00', ' ', false],
  ];
  for (const [before, after, safe] of cases) {
    it(`${JSON.stringify(before)} | ${JSON.stringify(after)} is ${safe ? 'safe' : 'not safe'}`, () => {
      assert.equal(isSafeCut(before, after), safe);
    });
  }
});
