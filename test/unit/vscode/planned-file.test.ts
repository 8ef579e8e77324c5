import assert from 'node:assert/strict';
import type { Summary } from '../../../src/budget/history-pack.js';
import { selectionMetrics } from '../../../src/budget/metrics.js';
import type { CandidateFile } from '../../../src/budget/workspace-files.js';
import { contentHashOf } from '../../../src/budget/content-hash.js';
import { chooseFiles, type ChoiceTools } from '../../../src/vscode/workspace-files/choose-files.js';
import { plannedFiles, selectionLeft } from '../../../src/vscode/workspace-files/planned-file.js';

const file = (path: string, length: number): CandidateFile => {
  const content = path.charAt(0).repeat(length);
  return { path, content, contentHash: contentHashOf(content) };
};
/** 10, 20 and 200 tokens by length. */
const FILES = [file('a.ts', 40), file('b.ts', 80), file('c.ts', 800)];
const summaryOf = ({ path, contentHash }: CandidateFile): Summary => ({
  id: `summary of ${path}`,
  kind: 'file',
  number: 1,
  title: 'short',
  text: 'short',
  sources: [{ path, contentHash }],
});

const tools = (settings: Partial<ChoiceTools['settings']>, summaries: readonly Summary[] = []): ChoiceTools => ({
  settings: {
    budgetTokens: 0,
    exactTokens: false,
    switches: { artifacts: false, historyPack: false, documentsOfRecord: false },
    documentGlobs: [],
    ...settings,
  },
  semantic: { semantic: false },
  summaries: () => Promise.resolve(summaries),
  counter: {
    countMany: (texts) => Promise.resolve(texts.map((text) => text.length)),
    close: () => Promise.resolve(),
  },
  countTokens: (text) => text.length,
  encoding: 'o200k_base',
});
const choose = (given: ChoiceTools, budgetTokens: number, more: { modifiable?: string[] } = {}) =>
  chooseFiles(
    FILES,
    { query: '', deliverables: [], modifiable: [], budgetTokens, ...more },
    given,
    new AbortController().signal,
  );

describe('a plan for workspace files (§12, issue 7)', () => {
  it('gives a row a file; moving one changes what is kept, used and over the budget, at once', async () => {
    const choice = await choose(tools({}), 30);
    const rows = plannedFiles(choice, new Map());
    assert.deepEqual(
      rows.map(({ path, kept, moved, reason }) => [path, kept, moved, reason]),
      [
        ['a.ts', true, false, 'fit'],
        ['b.ts', true, false, 'fit'],
        ['c.ts', false, false, 'too_big'],
      ],
    );
    const moved = plannedFiles(
      choice,
      new Map([
        ['a.ts', false],
        ['c.ts', true],
      ]),
    );
    const left = selectionLeft(choice.selection, moved);
    assert.deepEqual(
      [left.usedTokensEst, left.overBudget, left.filesKeptCount, left.filesOmittedCount, left.omitted],
      [220, true, 2, 1, ['a.ts']],
    );
    assert.equal(selectionMetrics(left).budget_used, 220);
    // Moved back to where the selection had it: no longer moved.
    assert.equal(plannedFiles(choice, new Map([['a.ts', true]]))[0]?.moved, false);
  });

  it('cannot move a deliverable', async () => {
    const choice = await chooseFiles(
      FILES,
      { query: '', deliverables: ['c.ts'], modifiable: [], budgetTokens: 30 },
      tools({}),
      new AbortController().signal,
    );
    const [first] = plannedFiles(choice, new Map([['c.ts', false]]));
    assert.deepEqual([first?.path, first?.kept, first?.moved, first?.reason], ['c.ts', true, false, 'pinned']);
  });

  it('asks for no summaries while the switches are off, and substitutes when they are on, never a modifiable file', async () => {
    const [, , c] = FILES;
    assert.ok(c);
    const on = { switches: { artifacts: true, historyPack: false, documentsOfRecord: false } };
    const never = { ...tools({}), summaries: () => Promise.reject(new Error('asked')) };
    assert.deepEqual((await choose(never, 100)).substitutions, []);
    const choice = await choose(tools(on, [summaryOf(c)]), 100);
    const row = plannedFiles(choice, new Map()).find(({ path }) => path === 'c.ts');
    assert.deepEqual(
      [row?.kept, row?.tokens, row?.substitution?.fullFileTokens],
      [true, row?.substitution?.artifactTokens, 200],
    );
    assert.deepEqual((await choose(tools(on, [summaryOf(c)]), 100, { modifiable: ['c.ts'] })).substitutions, []);
  });

  it('counts exactly when asked to', async () => {
    const choice = await choose(tools({ exactTokens: true }), 120);
    assert.equal(choice.exact, true);
    assert.deepEqual(
      choice.selection.perFile.map(({ path, tokens }) => [path, tokens]),
      [
        ['a.ts', 40],
        ['b.ts', 80],
        ['c.ts', 800],
      ],
    );
    assert.equal(choice.selection.usedTokensEst, 120);
  });
});
