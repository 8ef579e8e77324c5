import assert from 'node:assert/strict';
import { resolveRef } from '../../../../src/core/graph/resolve.js';
import { AmbiguousPrefixError, CommitNotFoundError, openStore } from '../../../../src/library.js';
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

  it('§8: HEAD is symbolic while attached and a hash while detached', async () => {
    const store = await openStore();
    const tract = await store.create({ tractId: 't' });
    assert.equal(store.storage.ref('t', 'HEAD'), undefined);
    const { commitHash } = await tract.user('x');
    assert.equal(store.storage.ref('t', 'HEAD'), 'ref: refs/heads/main');
    assert.equal(store.storage.ref('t', 'refs/heads/main'), commitHash);
    await tract.checkout(commitHash);
    assert.equal(store.storage.ref('t', 'HEAD'), commitHash);
  });

  it('§8: `-` is the previous position, also with steps behind it', async () => {
    const { tract, hashes } = await numbered(3);
    assert.equal((await failure(tract.resolveCommit('-'))).message, 'No previous position');
    await tract.branch('f');
    await tract.user('on f');
    await tract.checkout('main');
    const onF = await tract.resolveCommit('f');
    assert.equal(await tract.resolveCommit('-'), onF);
    assert.equal(await tract.resolveCommit('-~1'), hashes[2]);
    assert.equal(await tract.resolveCommit('-^^'), hashes[1]);
  });

  it('§8: ORIG_HEAD and PREV_HEAD take steps too; neither is found before there is one', async () => {
    const { tract, hashes } = await numbered(3);
    for (const ref of ['ORIG_HEAD', 'PREV_HEAD'])
      assert.ok((await failure(tract.resolveCommit(ref))) instanceof CommitNotFoundError, ref);
    await tract.reset('HEAD~2');
    for (const ref of ['ORIG_HEAD', 'PREV_HEAD'])
      assert.deepEqual([await tract.resolveCommit(ref), await tract.resolveCommit(`${ref}~1`)], [hashes[2], hashes[1]]);
  });

  it('§8: ^2 is the second parent of a merge', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.branch('f');
    const theirs = await tract.user('theirs');
    await tract.checkout('main');
    const ours = await tract.user('ours');
    await tract.merge('f');
    assert.equal(await tract.resolveCommit('HEAD^'), ours.commitHash);
    assert.equal(await tract.resolveCommit('HEAD^1'), ours.commitHash);
    assert.equal(await tract.resolveCommit('HEAD^2'), theirs.commitHash);
    assert.equal(await tract.resolveCommit('HEAD^2~1'), hashes[0]);
    assert.ok((await failure(tract.resolveCommit('HEAD^3'))) instanceof CommitNotFoundError);
  });

  it('§8: a branch named like 64 hex digits goes before the commit of that hash', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.branch(hashes[0] ?? '', { from: hashes[1] ?? '', checkout: false });
    assert.equal(await tract.resolveCommit(hashes[0] ?? ''), hashes[1]);
  });

  it('§8: of more than 5 matches 5 are named', () => {
    const matches = Array.from({ length: 9 }, (_, i) => `abcd${String(i + 1).repeat(60)}`);
    const store = {
      commit: () => undefined,
      line: () => [],
      commitsByPrefix: (_prefix: string, limit: number) => matches.slice(0, limit),
      ref: () => undefined,
      refs: () => new Map<string, string>(),
    };
    assert.throws(
      () => resolveRef(store, 't', 'ABCD'),
      (error: unknown) => {
        assert.ok(error instanceof AmbiguousPrefixError);
        assert.deepEqual(error.candidates, matches.slice(0, 5));
        assert.equal(
          error.message,
          "Ambiguous prefix 'abcd'. Matches: abcd11111111..., abcd22222222..., abcd33333333..., abcd44444444..., abcd55555555...",
        );
        return true;
      },
    );
  });

  it('§8: 4 digits are enough, fewer are not, whatever their case; what is no hex is no prefix', async () => {
    const { tract, hashes } = await numbered(1);
    const [hash = ''] = hashes;
    assert.equal(await tract.resolveCommit(hash.slice(0, 4)), hash);
    for (const short of ['a', 'AB', 'abc', '0'])
      assert.equal(
        (await failure(tract.resolveCommit(short))).message,
        'Commit hash prefix must be at least 4 characters',
      );
    for (const ref of ['ghij', `${hash}0`, ` ${hash}`, `${hash.slice(0, 6)}%`, `${hash.slice(0, 6)}_`, 'HEAD ', 'head'])
      assert.ok((await failure(tract.resolveCommit(ref))) instanceof CommitNotFoundError, ref);
  });

  it('§8: the closest refs: branches and tags, best first; none when nothing is near', async () => {
    const { tract } = await numbered(1);
    for (const name of ['feature', 'features']) await tract.branch(name, { checkout: false });
    await tract.tag('v1.0');
    const closest = async (ref: string) => {
      const error = await failure(tract.resolveCommit(ref));
      assert.ok(error instanceof CommitNotFoundError);
      return error.closest;
    };
    assert.deepEqual(await closest('featur'), ['feature', 'features']);
    assert.deepEqual(await closest('v1.1'), ['v1.0']);
    assert.deepEqual(await closest('something else'), []);
  });

  it('§8, §17: a ref of any length is read once, and its error says only the beginning', async () => {
    const { tract, hashes } = await numbered(2);
    // Quadratic reading of one of these would take minutes, far beyond the test's time.
    for (const ref of [
      `${'~'.repeat(300_000)}x`,
      `HEAD${'~0'.repeat(300_000)}x`,
      'x'.repeat(1_000_000),
      '^'.repeat(300_000),
    ]) {
      const error = await failure(tract.resolveCommit(ref));
      assert.ok(error instanceof CommitNotFoundError);
      assert.ok(error.message.length < 120, error.message.slice(0, 200));
      assert.equal(error.ref, ref);
    }
    assert.equal(await tract.resolveCommit(`HEAD${'~0^0'.repeat(10_000)}`), hashes[1]);
    for (const ref of ['HEAD~1x', 'HEAD~x', 'HEAD^~-1', 'HE~AD', 'HEAD~1 '])
      assert.ok((await failure(tract.resolveCommit(ref))) instanceof CommitNotFoundError, ref);
  });
});
