import assert from 'node:assert/strict';
import { CommitNotFoundError, InvalidArgumentError } from '../../../../src/library.js';
import { failure, numbered, openTract, texts } from '../support.js';

describe('reset (§8)', () => {
  it('§8: sets ORIG_HEAD and PREV_HEAD and moves the branch; commits stay', async () => {
    const { tract, hashes } = await numbered(3);
    assert.equal(await tract.reset('HEAD~2', { mode: 'hard' }), hashes[0]);
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[0], 'main']);
    assert.equal(await tract.resolveCommit('ORIG_HEAD'), hashes[2]);
    assert.equal(await tract.resolveCommit('PREV_HEAD'), hashes[2]);
    await tract.reset('ORIG_HEAD');
    assert.deepEqual(texts(await tract.compile()), ['1', '2', '3']);
  });

  it('§8: without commits `No commits to reset from`; another mode or unknown target moves nothing', async () => {
    assert.equal((await failure((await openTract()).reset('HEAD'))).message, 'No commits to reset from');
    const { tract, hashes } = await numbered(2);
    assert.ok((await failure(tract.reset('HEAD~1', { mode: 'mixed' as 'soft' }))) instanceof InvalidArgumentError);
    assert.ok((await failure(tract.reset('nowhere'))) instanceof CommitNotFoundError);
    assert.equal(tract.head, hashes[1]);
    await assert.rejects(tract.resolveCommit('ORIG_HEAD'), CommitNotFoundError);
  });

  it('§8: while detached, HEAD alone moves', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.checkout('HEAD~1');
    await tract.reset(hashes[0] ?? '');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    assert.equal(await tract.resolveCommit('main'), hashes[2]);
  });

  it('§8: soft and hard are the same in the store; soft unless told', async () => {
    const left: unknown[] = [];
    for (const options of [undefined, { mode: 'soft' }, { mode: 'hard' }] as const) {
      const { tract, hashes } = await numbered(3);
      await tract.reset(hashes[0] ?? '', options);
      left.push([tract.head, tract.currentBranch, texts(await tract.compile()), (await tract.log()).length]);
      assert.deepEqual(texts(await tract.compile({ at: hashes[2] ?? '' })), ['1', '2', '3']);
    }
    assert.deepEqual(left[1], left[0]);
    assert.deepEqual(left[2], left[0]);
  });

  it('§8: while detached PREV_HEAD and ORIG_HEAD are where HEAD was', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.checkout('HEAD~1');
    await tract.reset('HEAD~1');
    assert.equal(await tract.resolveCommit('ORIG_HEAD'), hashes[1]);
    assert.equal(await tract.resolveCommit('PREV_HEAD'), hashes[1]);
  });

  it('§8: any commit is a target: forward, another branch’s, a merge, a tag, the same', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.branch('f');
    const aside = await tract.user('aside', { tags: ['there'] });
    await tract.checkout('main');
    await tract.user('here');
    await tract.merge('f');
    const merged = tract.head ?? '';
    for (const [ref, hash] of [
      ['HEAD~2', hashes[1]],
      [merged, merged],
      ['there', aside.commitHash],
      ['main', aside.commitHash],
      ['ORIG_HEAD', aside.commitHash],
    ] as const) {
      assert.equal(await tract.reset(ref), hash);
      assert.deepEqual([tract.head, tract.currentBranch], [hash, 'main']);
    }
    assert.equal(await tract.resolveCommit('f'), aside.commitHash);
  });

  it('§8: a mode that is none moves nothing, not even ORIG_HEAD, on an empty tract either', async () => {
    const { tract } = await numbered(2);
    for (const mode of ['mixed', 'HARD', '', 'toString'])
      assert.ok((await failure(tract.reset('HEAD~1', { mode: mode as 'soft' }))) instanceof InvalidArgumentError);
    assert.ok((await failure(tract.resolveCommit('ORIG_HEAD'))) instanceof CommitNotFoundError);
    assert.equal((await tract.undo()).action, 'commit');
  });
});
