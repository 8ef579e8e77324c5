import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CommitIndex } from '../../../../src/core/compile/commit-index.js';

function indexOf(hashes: readonly string[]): CommitIndex {
  return hashes.reduce((index, hash) => index.append(hash), CommitIndex.EMPTY);
}

describe('CommitIndex (SPEC §5.1: a child shares what its parent holds)', () => {
  it('numbers commits in the order they are appended', () => {
    const index = indexOf(['a', 'b', 'c']);
    assert.equal(index.size, 3);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((hash) => index.get(hash)),
      [0, 1, 2, undefined],
    );
    assert.equal(index.has('c'), true);
    assert.equal(index.has('d'), false);
    assert.equal(CommitIndex.EMPTY.get('a'), undefined);
  });

  it('does not see what a child added, nor what another child of its own parent did', () => {
    const base = indexOf(['a', 'b']);
    const ours = base.append('ours');
    const theirs = base.append('theirs').append('more');
    assert.deepEqual(
      [base, ours, theirs].map((index) => ['b', 'ours', 'theirs', 'more'].map((hash) => index.get(hash))),
      [
        [1, undefined, undefined, undefined],
        [1, 2, undefined, undefined],
        [1, undefined, 2, 3],
      ],
    );
  });

  it('parts at any place of a long history, the ends of its chunks included', () => {
    const hashes = Array.from({ length: 9_000 }, (_, i) => `c${i}`);
    const versions = [CommitIndex.EMPTY];
    for (const hash of hashes) versions.push((versions.at(-1) ?? CommitIndex.EMPTY).append(hash));
    for (const size of [0, 1, 1_023, 1_024, 1_025, 8_191, 8_192, 8_193, 9_000]) {
      const index = versions[size] ?? CommitIndex.EMPTY;
      const fork = index.append('fork').append('on');
      assert.deepEqual([index.size, index.get('fork'), index.get(`c${size}`)], [size, undefined, undefined]);
      assert.deepEqual([fork.size, fork.get('fork'), fork.get('on')], [size + 2, size, size + 1]);
      assert.equal(fork.get(`c${size - 1}`), size === 0 ? undefined : size - 1);
      assert.equal(versions[9_000]?.get('c8999'), 8_999);
    }
  });

  it('equals a map of its own, whatever is forked from what (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (parents) => {
        const made: { index: CommitIndex; hashes: string[] }[] = [{ index: CommitIndex.EMPTY, hashes: [] }];
        for (const [i, pick] of parents.entries()) {
          const parent = made[pick % made.length];
          if (!parent) continue;
          made.push({ index: parent.index.append(`h${i}`), hashes: [...parent.hashes, `h${i}`] });
        }
        for (const { index, hashes } of made) {
          const own = new Map(hashes.map((hash, id) => [hash, id]));
          for (const i of parents.keys()) assert.equal(index.get(`h${i}`), own.get(`h${i}`));
        }
      }),
    );
  });
});
