import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { createLexicalRanker, foldCase, terms } from '../../../src/budget/lexical.js';

describe('lexical relevance (§12)', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['getUserName', ['get', 'user', 'name']],
    ['user_name', ['user', 'name']],
    ['MAX_FILE_BYTES', ['max', 'file', 'bytes']],
    ['user-name', ['user', 'name']],
    ['HTTPServer', ['http', 'server']],
    ['parseHTML', ['parse', 'html']],
    ['sha256Hash', ['sha256', 'hash']],
    ['src/core/Tract.ts', ['src', 'core', 'tract', 'ts']],
    ['GrößeÄndern', ['grösse', 'ändern']],
    ['Straße STRASSE', ['strasse']],
    ['имяФайла', ['имя', 'файла']],
    ['日本語 コード', ['日本語', 'コード']],
    ['cafe\u0301', ['café']],
    ['100 __ --', ['100']],
    ['', []],
  ];
  for (const [text, expected] of cases) {
    it(`splits ${JSON.stringify(text)}`, () => {
      assert.deepEqual([...terms(text)], expected);
    });
  }

  it('weighs a path hit 3 and a content hit 1, each term once', () => {
    const ranker = createLexicalRanker('login userName');
    const score = (path: string, content: string): number => ranker.score(path, content);
    assert.equal(score('src/login.ts', 'nothing'), 3);
    assert.equal(score('src/a.ts', 'login login LOGIN'), 1);
    assert.equal(score('src/login.ts', 'const userName = login()'), 6);
    assert.equal(score('user_name/login.ts', 'user-name login'), 12);
    assert.equal(score('a.ts', 'logins relogin username'), 0);
  });

  it('scores an empty query 0', () => {
    assert.equal(createLexicalRanker(' -- ').score('a', 'a b c'), 0);
  });

  it('equals the definition on sets of terms (property)', () => {
    const word = fc.constantFrom(
      'get',
      'User',
      'HTTP',
      '_',
      '-',
      ' ',
      'ß',
      'SS',
      'É',
      'e\u0301',
      'σς',
      'Σ',
      '9',
      'İ',
      'ǅ',
    );
    const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, text, text, (query, path, content) => {
        const wanted = [...terms(query)];
        const hits = (value: string): number => wanted.filter((term) => terms(value).has(term)).length;
        assert.equal(createLexicalRanker(query).score(path, content), 3 * hits(path) + hits(content));
      }),
      { numRuns: 1000 },
    );
  });

  it('folds the parts as it folds the whole, which the substring test relies on', () => {
    assert.equal(foldCase('ΟΔΟΣ'), foldCase('οδος'));
    assert.equal(foldCase('ΣΟΦΟΣ') + foldCase('Α'), foldCase('ΣΟΦΟΣΑ'));
  });
});
