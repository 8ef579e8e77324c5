import assert from 'node:assert/strict';
import { getEncoding, type Tiktoken } from 'js-tiktoken';
import type { EncodingName } from '../../../src/tokens/encodings.js';
import { pick, randomCodePoints, randomSource, randomText } from './random-text.js';
import { tokenizers } from './source-tokenizers.js';
import { tiktokenVectors } from './tiktoken-vectors.js';

const ENCODINGS: readonly EncodingName[] = ['o200k_base', 'cl100k_base'];
/** js-tiktoken needs about 50 µs and more for each. */
const STRINGS = 110_000;

describe('countTokens equals the tokenizers it stands for (§6)', function () {
  this.timeout(120_000);

  for (const encoding of ENCODINGS) {
    describe(encoding, () => {
      let oracle: Tiktoken;
      before(() => (oracle = getEncoding(encoding)));

      const check = (text: string): void => {
        const expected = oracle.encode(text, [], []).length;
        const actual = tokenizers.countTokens(text, encoding);
        if (actual !== expected) assert.fail(`${JSON.stringify(text)}: ${actual} instead of ${expected}`);
      };

      it(`js-tiktoken on ${STRINGS} random and adversarial strings`, () => {
        const random = randomSource(encoding.length);
        for (let n = 0; n < STRINGS; n++) {
          check(n % 4 === 0 ? randomCodePoints(random, 6) : randomText(random, 8));
        }
      });

      it('js-tiktoken on both sides of every boundary between Unicode classes', () => {
        const surroundings = ['a#', 'A#b', '1#2', ' #a', '!#!', '\n#/', "#'s"];
        for (const character of classBoundaries()) {
          check(surroundings.map((around) => around.replace('#', character)).join('\u0001'));
        }
      });

      it('js-tiktoken on long unbroken pieces', () => {
        const random = randomSource(7);
        for (const alphabet of [
          'a',
          'ab',
          'abcdefghijklmnopqrstuvwxyz',
          ' ',
          '\n',
          '=',
          '-=',
          '中',
          '的一是不了人我在',
          '😀',
          'é',
          '\u0301',
        ]) {
          for (let n = 0; n < 12; n++) {
            const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(alphabet)];
            const length = 20 + Math.floor(random() * 300);
            check(Array.from({ length }, () => pick(random, characters).segment).join(''));
          }
        }
      });

      it('tiktoken where js-tiktoken differs from it', () => {
        for (const [text, o200k, cl100k] of tiktokenVectors) {
          const expected = encoding === 'o200k_base' ? o200k : cl100k;
          assert.equal(tokenizers.countTokens(text, encoding), expected, JSON.stringify(text));
        }
      });

      it('counts lone surrogates as the U+FFFD they are sent as', () => {
        const text = 'a\ud800b \udc00\ud83d';
        assert.equal(tokenizers.countTokens(text, encoding), tokenizers.countTokens('a\ufffdb \ufffd\ufffd', encoding));
      });

      it('counts special tokens as text', () => {
        assert.ok(tokenizers.countTokens('<|endoftext|>', encoding) > 1);
        check('<|endoftext|><|im_start|>system<|im_end|>');
      });

      it('gives the same count for a piece the second time, and after many others', () => {
        const text = 'Донаудампфшиффахрт überzuckerung 网络安全意识';
        const first = tokenizers.countTokens(text, encoding);
        const random = randomSource(3);
        for (let n = 0; n < 60_000; n++)
          tokenizers.countTokens(`é${Math.floor(random() * 1e9).toString(26)}`, encoding);
        assert.equal(tokenizers.countTokens(text, encoding), first);
        check(text);
      });
    });
  }
});

/** Code points at which a class of the patterns begins or ends, with the one before. */
function classBoundaries(): string[] {
  const classes = [/\s/u, /\p{Lu}/u, /\p{Lt}/u, /\p{Ll}/u, /\p{Lm}/u, /\p{Lo}/u, /\p{M}/u, /\p{N}/u];
  const found: string[] = [];
  let before = '';
  for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const kind = classes.findIndex((pattern) => pattern.test(character)).toString();
    if (kind !== before && codePoint > 0) found.push(String.fromCodePoint(codePoint - 1), character);
    before = kind;
  }
  return found.filter((character) => character !== '\ufeff' && character !== '\u0085');
}
