import assert from 'node:assert/strict';
import { CommitNotFoundError, DetachedHeadError } from '../../../../src/library.js';
import { failure, numbered } from '../support.js';

describe('checkout (§8)', () => {
  it('§8: a branch attaches, anything else detaches, `-` goes back attached and toggles', async () => {
    const { tract, hashes } = await numbered(2);
    assert.equal((await failure(tract.checkout('-'))).message, 'No previous position');
    await tract.checkout(hashes[0] ?? '');
    assert.deepEqual([tract.head, tract.isDetached, tract.currentBranch], [hashes[0], true, null]);
    await tract.checkout('-');
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[1], 'main']);
    await tract.checkout('-');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    await tract.checkout('main');
    assert.equal(tract.currentBranch, 'main');
  });

  it('§8: `-` follows the branch to where it stands now', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    const onF = await tract.user('f');
    await tract.checkout('main');
    await tract.checkout('-');
    assert.deepEqual([tract.currentBranch, tract.head], ['f', onF.commitHash]);
  });

  it('§8: `-` to a deleted branch is an error and nothing moves; a failed checkout keeps PREV_HEAD', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.branch('f');
    await tract.checkout('main');
    await tract.deleteBranch('f');
    assert.ok((await failure(tract.checkout('-'))) instanceof CommitNotFoundError);
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[1], 'main']);
    await failure(tract.checkout('nowhere'));
    assert.equal(await tract.resolveCommit('PREV_HEAD'), hashes[1]);
  });

  it('§8, B.6: while detached writing is refused with the way back; branch, tag, undo, usage and reset work', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.checkout('HEAD~1');
    const target = hashes[0] ?? '';
    const refused = [
      () => tract.user('x'),
      () => tract.edit(target, { content_type: 'output', text: 'x' }),
      () => tract.annotate(target, 'skip'),
      () => tract.compress({ text: 'x' }),
      () => tract.slidingWindow(0, { text: 'x' }),
      () => tract.merge('main'),
      () => tract.rebase('main'),
      () => tract.importCommit(hashes[1] ?? ''),
      () => tract.reorder([target]),
      () => tract.restore(target, 0),
      () => tract.expand(target),
      () => tract.generate({ model: { id: 'm', send: () => assert.fail('sent') } }),
      () => tract.chat('x', { model: { id: 'm', send: () => assert.fail('sent') } }),
      // Without a model as well: what stands in the way is told first.
      () => tract.generate(),
      () => tract.chat('x'),
      // No model is asked for what cannot be committed.
      () => tract.merge('main', { strategy: 'semantic', model: { id: 'm', send: () => assert.fail('sent') } }),
      () => tract.collapse(tract, { model: { id: 'm', send: () => assert.fail('sent') } }),
    ];
    for (const write of refused) {
      const error = await failure(write());
      assert.ok(error instanceof DetachedHeadError, `${write.toString()}: ${error.message}`);
      assert.match(error.message, /checkout|Check out/);
    }
    assert.equal((await tract.compileRecords()).length, 0);
    await tract.tag('t');
    await tract.recordUsage({ prompt_tokens: 1, completion_tokens: 1 });
    await tract.branch('rescue');
    assert.equal(tract.currentBranch, 'rescue');
    await tract.undo();
    assert.equal(tract.isDetached, true);
  });
});
