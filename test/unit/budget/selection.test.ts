import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { InvalidArgumentError } from '../../../src/core/model/errors.js';
import { selectFilesForContext, type ContextFile, type SelectionOptions } from '../../../src/budget/selection.js';

/** A file of exactly `tokens` estimated tokens. */
const file = (path: string, tokens: number): ContextFile => ({ path, content: 'x'.repeat(tokens * 4) });
const modifiable = { category: 'modifiable' };

describe('selectFilesForContext (§12)', () => {
  it('gives the whole result, value for value', async () => {
    const files = [file('c.ts', 30), file('a.ts', 10), file('m.ts', 20), file('big.ts', 101), file('d.ts', 45)];
    const selection = await selectFilesForContext({
      files,
      scope: { 'm.ts': modifiable, 'a.ts': { category: 'reference' } },
      deliverables: ['d.ts', 'absent.ts'],
      query: '',
      budgetTokens: 100,
    });
    assert.deepEqual(selection, {
      kept: [files[4], files[2], files[1]],
      omitted: ['c.ts', 'big.ts'],
      usedTokensEst: 75,
      budgetTokens: 100,
      mode: 'lexical',
      overBudget: false,
      pinnedTokens: 45,
      filesKeptCount: 3,
      filesOmittedCount: 2,
      perFile: [
        { path: 'd.ts', tokens: 45, score: 0, reason: 'pinned' },
        { path: 'm.ts', tokens: 20, score: 0, reason: 'fit' },
        { path: 'a.ts', tokens: 10, score: 0, reason: 'fit' },
        { path: 'c.ts', tokens: 30, score: 0, reason: 'budget_exhausted' },
        { path: 'big.ts', tokens: 101, score: 0, reason: 'too_big' },
      ],
      embedding: { hits: 0, misses: 0, calls: 0, capValue: 0, fallbackReason: 'disabled' },
    });
  });

  it('keeps deliverables in input order even over the budget, and says so', async () => {
    const options = { files: [file('b', 8), file('x', 1), file('a', 5)], deliverables: ['a', 'b'] };
    const over = await selectFilesForContext({ ...options, budgetTokens: 12 });
    assert.deepEqual(
      over.kept.map(({ path }) => path),
      ['b', 'a'],
    );
    assert.equal(over.overBudget, true);
    assert.equal(over.usedTokensEst, 13);
    assert.equal(over.perFile[2]?.reason, 'budget_exhausted');
    assert.equal((await selectFilesForContext({ ...options, budgetTokens: 13 })).overBudget, false);
  });

  it('fits inclusively, and goes on after a file that does not fit', async () => {
    const { kept, omitted } = await selectFilesForContext({
      files: [file('m', 7), file('one', 3), file('two', 4)],
      scope: { m: modifiable },
      budgetTokens: 10,
    });
    assert.deepEqual(
      kept.map(({ path }) => path),
      ['m', 'one'],
    );
    assert.deepEqual(omitted, ['two']);
    const next = await selectFilesForContext({
      files: [file('m', 7), file('match', 4), file('other', 3)],
      scope: { m: modifiable },
      query: 'match',
      budgetTokens: 10,
    });
    assert.deepEqual(
      next.kept.map(({ path }) => path),
      ['m', 'other'],
    );
  });

  it('ranks by priority, relevance, tokens, input order', async () => {
    const { perFile } = await selectFilesForContext({
      files: [file('z', 2), file('y', 2), file('small', 1), file('login', 9), file('m', 50)],
      scope: { m: modifiable },
      query: 'login',
      budgetTokens: 1000,
    });
    assert.deepEqual(
      perFile.map(({ path, score }) => [path, score]),
      [
        ['m', 0],
        ['login', 3],
        ['small', 0],
        ['z', 0],
        ['y', 0],
      ],
    );
  });

  it('takes budgets of 0 and less', async () => {
    for (const budgetTokens of [0, -5]) {
      const { kept, perFile, overBudget, omitted } = await selectFilesForContext({
        files: [file('a', 1), file('pin', 2)],
        deliverables: ['pin'],
        budgetTokens,
      });
      assert.deepEqual(kept, [file('pin', 2)]);
      assert.deepEqual(omitted, ['a']);
      assert.equal(overBudget, true);
      assert.equal(perFile[1]?.reason, 'too_big');
    }
    const none = await selectFilesForContext({ files: [file('a', 1)], budgetTokens: -1 });
    assert.equal(none.overBudget, false);
  });

  it('estimates max(1, floor(code points ÷ 4))', async () => {
    const contents = ['', 'abc', 'abcd', '😀😀😀😀😀😀😀', '\ud800😀\udc00x', 'x'.repeat(11)];
    const { perFile } = await selectFilesForContext({
      files: contents.map((content, i) => ({ path: `${i}`, content })),
      deliverables: contents.map((_, i) => `${i}`),
      budgetTokens: 100,
    });
    assert.deepEqual(
      perFile.map(({ tokens }) => tokens),
      [1, 1, 1, 1, 1, 2],
    );
  });

  it('counts exact tokens when given a counter, and refuses a broken one', async () => {
    const files = [{ path: 'a', content: 'one two three' }];
    const countTokens = (text: string): number => text.split(' ').length;
    const { usedTokensEst } = await selectFilesForContext({ files, budgetTokens: 3, countTokens });
    assert.equal(usedTokensEst, 3);
    await assert.rejects(
      selectFilesForContext({ files, budgetTokens: 3, countTokens: () => NaN }),
      InvalidArgumentError,
    );
  });

  it('skips non-string entries and hands out path and content only', async () => {
    const files = [null, { path: 1, content: 'a' }, { path: 'b', content: undefined }, 'c', { ...file('d', 1), x: 1 }];
    const selection = await selectFilesForContext({
      files: files as unknown as ContextFile[],
      deliverables: [7, null, 'd'] as unknown as string[],
      budgetTokens: 10,
    });
    assert.deepEqual(selection.kept, [file('d', 1)]);
    assert.equal(selection.perFile.length, 1);
    assert.equal(selection.filesOmittedCount, 0);
  });

  it('matches deliverables and scope by exact path and own property', async () => {
    const { perFile } = await selectFilesForContext({
      files: [file('src/a.ts', 1), file('constructor', 2), file('__proto__', 3)],
      deliverables: ['a.ts', './src/a.ts'],
      scope: {},
      budgetTokens: 10,
    });
    assert.deepEqual(
      perFile.map(({ path, reason }) => [path, reason]),
      [
        ['src/a.ts', 'fit'],
        ['constructor', 'fit'],
        ['__proto__', 'fit'],
      ],
    );
  });

  it('refuses bad budgets, caps and lists', async () => {
    const bad: Partial<Record<keyof SelectionOptions, unknown>>[] = [
      { budgetTokens: NaN },
      { budgetTokens: '10' },
      { budgetTokens: 1.5 },
      { budgetTokens: undefined },
      { callCap: -2 },
      { callCap: 0.5 },
      { callCap: NaN },
      { callCap: Infinity },
      { callCap: '1' },
      { callCap: null },
      { files: 'a' },
      { deliverables: 'a' },
      { query: 3 },
    ];
    for (const wrong of bad) {
      const options = { files: [], budgetTokens: 1, ...wrong } as unknown as SelectionOptions;
      await assert.rejects(selectFilesForContext(options), InvalidArgumentError, JSON.stringify(wrong));
    }
  });

  const anyFile = fc.record({
    path: fc.constantFrom('login.ts', 'src/userName.ts', 'a', 'b', 'c/login_form.ts'),
    content: fc.constantFrom('', 'login form of a user', 'x'.repeat(40), 'name name'.repeat(20), 'user'),
  });

  it('is deterministic, exceeds the budget by pinned files only, and loses no file (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFile, { maxLength: 12 }),
        fc.integer({ min: -5, max: 120 }),
        fc.subarray(['login.ts', 'a', 'b']),
        async (files, budgetTokens, deliverables) => {
          const options = { files, budgetTokens, deliverables, query: 'login user', scope: { a: modifiable } };
          const selection = await selectFilesForContext(options);
          assert.deepEqual(await selectFilesForContext(structuredClone(options)), selection);
          assert.ok(selection.usedTokensEst <= Math.max(budgetTokens, selection.pinnedTokens));
          assert.equal(selection.kept.length + selection.omitted.length, files.length);
          const smallestOmitted = selection.perFile.filter(({ reason }) => reason.length > 6);
          for (const { tokens } of smallestOmitted) assert.ok(tokens > budgetTokens - selection.usedTokensEst);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('does not depend on the order of files that differ in rank (property)', async () => {
    const distinct = Array.from({ length: 8 }, (_, i) => file(`f${i}`, i + 1));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(distinct, { minLength: 8 }),
        fc.integer({ min: 0, max: 40 }),
        async (shuffled, budgetTokens) => {
          const one = await selectFilesForContext({ files: distinct, budgetTokens });
          assert.deepEqual(await selectFilesForContext({ files: shuffled, budgetTokens }), one);
        },
      ),
      { numRuns: 80 },
    );
  });
});
