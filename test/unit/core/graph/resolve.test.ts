import assert from 'node:assert/strict';
import { AmbiguousPrefixError, CommitNotFoundError } from '../../../../src/library.js';
import { failure, numbered, openTract } from '../support.js';

describe('resolve (§8)', () => {
  it('§8: before the first commit head and branch are null and HEAD is not detached; the first commit makes main', async () => {
    const tract = await openTract();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [null, null, false]);
    const first = await tract.user('x');
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [first.commitHash, 'main', false]);
    const other = await openTract({ defaultBranch: 'trunk' });
    await other.user('x');
    assert.equal(other.currentBranch, 'trunk');
  });

  it('§8: HEAD, branches, tags, hashes, prefixes without case, ~n and ^', async () => {
    const { tract, hashes } = await numbered(4);
    const [h1, h2, h3, h4] = hashes;
    await tract.tag('v1', h2);
    const expected: Readonly<Record<string, string | undefined>> = {
      HEAD: h4,
      main: h4,
      v1: h2,
      'v1^': h1,
      'HEAD~': h3,
      'HEAD~1': h3,
      'HEAD^': h3,
      'HEAD~2': h2,
      'HEAD^^': h2,
      'HEAD~1^': h2,
      'HEAD~0': h4,
      'main~3': h1,
      [h2 ?? '']: h2,
      [(h2 ?? '').toUpperCase()]: h2,
      [(h3 ?? '').slice(0, 8)]: h3,
      [`${(h3 ?? '').slice(0, 8).toUpperCase()}~1`]: h2,
    };
    for (const [ref, hash] of Object.entries(expected)) assert.equal(await tract.resolveCommit(ref), hash, ref);
    for (const ref of ['HEAD~4', 'v1~2', 'HEAD^2', '%%%%', '____', 'f'.repeat(64), ''])
      assert.ok((await failure(tract.resolveCommit(ref))) instanceof CommitNotFoundError, ref);
  });

  it('§8: a branch goes before a tag of the same name, and both before a hash prefix', async () => {
    const { tract, hashes } = await numbered(3);
    const prefix = (hashes[2] ?? '').slice(0, 6);
    await tract.tag(prefix, hashes[0]);
    assert.equal(await tract.resolveCommit(prefix), hashes[0]);
    await tract.branch(prefix, { from: hashes[1] ?? '', checkout: false });
    assert.equal(await tract.resolveCommit(prefix), hashes[1]);
  });

  it('§8: a prefix under 4 digits has its own text', async () => {
    const { tract, hashes } = await numbered(1);
    const error = await failure(tract.resolveCommit((hashes[0] ?? '').slice(0, 3)));
    assert.equal(error.message, 'Commit hash prefix must be at least 4 characters');
  });

  it('§8: an ambiguous prefix names at most 5 candidates as `abcd1111abcd..., …`', async () => {
    const tract = await openTract();
    const seen = new Map<string, string[]>();
    let twins: string[] = [];
    await tract.batch(async (batch) => {
      for (let i = 0; twins.length < 2; i++) {
        const { commitHash } = await batch.user(String(i), { message: '' });
        const group = [...(seen.get(commitHash.slice(0, 4)) ?? []), commitHash];
        seen.set(commitHash.slice(0, 4), group);
        if (group.length === 2) twins = group;
      }
    });
    const prefix = (twins[0] ?? '').slice(0, 4);
    const error = await failure(tract.resolveCommit(prefix));
    assert.ok(error instanceof AmbiguousPrefixError);
    const [a, b] = [...twins].sort().map((hash) => `${hash.slice(0, 12)}...`);
    assert.equal(error.message, `Ambiguous prefix '${prefix}'. Matches: ${a}, ${b}`);
    assert.deepEqual(error.candidates, [...twins].sort());
  });

  it('§8: an unknown ref names the closest ones', async () => {
    const { tract } = await numbered(1);
    await tract.branch('feature', { checkout: false });
    const error = await failure(tract.resolveCommit('featrue'));
    assert.ok(error instanceof CommitNotFoundError);
    assert.deepEqual(error.closest, ['feature']);
    assert.match(error.message, /feature/);
  });
});
