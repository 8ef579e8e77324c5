import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from '../../../src/library.js';

/** SPEC §18 and its annexes, as far as it is built; the error classes are listed by their base. */
const NAMES = [
  'Tract',
  'canonicalJson',
  'commitHash',
  'contentHash',
  'countTokens',
  'createIncrementalCounter',
  'importTract',
  'importTranscript',
  'normalizeUsage',
  'openEmbeddingCache',
  'openOps',
  'openStore',
  'selectFilesForContext',
];

type OpenOptions = Parameters<typeof library.openStore>[0];

describe('the library (§18)', () => {
  const values = library as Readonly<Record<string, unknown>>;
  const errors = Object.keys(values).filter((name) => name.endsWith('Error'));

  it('§18: exports exactly these names, beside the error classes', () => {
    assert.deepEqual(
      Object.keys(values)
        .filter((name) => !errors.includes(name))
        .sort(),
      NAMES,
    );
  });

  it('Annex A: options no store can be opened with are refused, and no folder is made', async () => {
    const directory = join(tmpdir(), `tract-refused-${String(process.pid)}`);
    const bad: unknown[] = [
      null,
      5,
      { budget: 5 },
      { budget: { maxTokens: Number.NaN } },
      { clock: 5 },
      { tokenCounter: 5 },
      { compileCacheSize: -1 },
      { model: {} },
      { compiler: 5 },
      { ops: 5 },
      { ops: { directory: '' } },
      { ops: { directory: '/nowhere', durability: 'bad' } },
      { ops: { directory: '/nowhere', protectedBranches: 'main' } },
      { directory: 5 },
      { tractId: '' },
      { tractId: 5 },
    ];
    for (const options of bad) {
      await assert.rejects(
        library.Tract.open(options as OpenOptions),
        library.InvalidArgumentError,
        JSON.stringify(options),
      );
      if (typeof options === 'object' && options !== null && !('directory' in options))
        await assert.rejects(library.Tract.open({ ...options, directory }), library.InvalidArgumentError);
    }
    assert.equal(existsSync(directory), false);
  });

  it('§18: all error classes are under TractError, each with a stable code', () => {
    for (const name of errors) {
      const type = values[name] as { prototype: unknown };
      assert.ok(name === 'TractError' || type.prototype instanceof library.TractError, name);
    }
    for (const name of ['EditTargetError', 'MergeError', 'BudgetExceededError', 'StoreLockedError', 'OpNotFoundError'])
      assert.ok(errors.includes(name), name);
  });
});
