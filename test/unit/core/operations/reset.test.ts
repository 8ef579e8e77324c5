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
});
