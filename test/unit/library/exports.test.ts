import assert from 'node:assert/strict';
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

  it('§18: all error classes are under TractError, each with a stable code', () => {
    for (const name of errors) {
      const type = values[name] as { prototype: unknown };
      assert.ok(name === 'TractError' || type.prototype instanceof library.TractError, name);
    }
    for (const name of ['EditTargetError', 'MergeError', 'BudgetExceededError', 'StoreLockedError', 'OpNotFoundError'])
      assert.ok(errors.includes(name), name);
  });
});
