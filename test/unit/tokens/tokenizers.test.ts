import assert from 'node:assert/strict';
import { ENCODINGS, PIECE_ENDS, UnknownEncodingError } from '../../../src/tokens/encodings.js';
import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import { RankTable } from '../../../src/tokens/rank-table.js';
import { TextCounter } from '../../../src/tokens/text-counter.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';
import { tokenizers } from './source-tokenizers.js';

describe('Tokenizers (§6, §18)', () => {
  it('counts in o200k_base unless told otherwise', () => {
    assert.equal(tokenizers.countTokens(''), 0);
    assert.equal(tokenizers.countTokens('Hello, world!'), 4);
    assert.equal(tokenizers.countTokens('你好世界'), 2);
    assert.equal(tokenizers.countTokens('你好世界', 'o200k_base'), 2);
    assert.equal(tokenizers.countTokens('你好世界', 'cl100k_base'), 5);
  });

  it('names the encoding as tokenSource shows it', () => {
    assert.equal(tokenizers.createTokenizer().id, 'tiktoken:o200k_base');
    assert.equal(tokenizers.createTokenizer('cl100k_base').id, 'tiktoken:cl100k_base');
  });

  it('refuses an unknown encoding and lists the known ones', () => {
    const expected = {
      name: 'UnknownEncodingError',
      code: 'UNKNOWN_ENCODING',
      message: 'Unknown encoding "toString". Choose one of: o200k_base, cl100k_base.',
    };
    assert.throws(() => tokenizers.countTokens('a', 'toString'), expected);
    assert.throws(() => tokenizers.createTokenizer('toString'), UnknownEncodingError);
    assert.throws(() => tokenizers.createIncrementalCounter('', 'toString'), UnknownEncodingError);
  });

  it('loads each encoding once, at its first count', () => {
    const loads: string[] = [];
    const ranks = rankFiles(import.meta.dirname);
    const fresh = new Tokenizers((encoding) => {
      loads.push(encoding);
      return ranks(encoding);
    });
    const tokenizer = fresh.createTokenizer('cl100k_base');
    fresh.createIncrementalCounter('');
    assert.equal(tokenizer.count(''), 0);
    for (const role of ['user', 'assistant', 'system', 'tool']) assert.equal(tokenizer.count(role), 1);
    assert.deepEqual(loads, []);
    tokenizer.count('a');
    fresh.countTokens('b', 'cl100k_base');
    assert.deepEqual(loads, ['cl100k_base']);
  });

  it('prepares an encoding in steps, as the first count would have loaded it', async () => {
    const ranks = rankFiles(import.meta.dirname);
    for (const encoding of ENCODINGS) {
      let loads = 0;
      let pauses = 0;
      const fresh = new Tokenizers((name) => {
        loads++;
        return ranks(name);
      });
      const pause = () => {
        pauses++;
        return Promise.resolve();
      };
      await fresh.prepare(encoding, pause);
      for (const text of ['Grüße, 你好 🙂', 'const a = 0xFF;', '\u0000\u00ff']) {
        assert.equal(fresh.countTokens(text, encoding), new Tokenizers(ranks).countTokens(text, encoding));
      }
      await fresh.prepare(encoding, pause);
      assert.equal(loads, 1);
      assert.ok(pauses >= 10, `${pauses} pauses`);
    }
  });

  it('a count while an encoding is prepared does not wait for it', async () => {
    const fresh = new Tokenizers(rankFiles(import.meta.dirname));
    const prepared = fresh.prepare('cl100k_base', () => Promise.resolve());
    assert.equal(fresh.countTokens('Hello world', 'cl100k_base'), 2);
    await prepared;
    assert.equal(fresh.countTokens('Hello world', 'cl100k_base'), 2);
  });

  it('knows the roles without ranks as the ranks count them', () => {
    for (const encoding of ENCODINGS) {
      const counter = new TextCounter(RankTable.of(rankFiles(import.meta.dirname)(encoding)), PIECE_ENDS[encoding]);
      for (const role of ['user', 'assistant', 'system', 'tool']) assert.equal(counter.count(role), 1);
    }
  });
});
