import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitNotFoundError, DetachedHeadError } from '../../../../src/library.js';
import { failure, numbered, openTract, texts } from '../support.js';

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

  it('§8: a tag, a prefix, a step back and refs/heads/… : only a branch attaches', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.tag('v1', hashes[0]);
    await tract.branch('f', { checkout: false });
    for (const ref of ['v1', (hashes[1] ?? '').slice(0, 8), 'main~1', 'HEAD', hashes[2] ?? '']) {
      await tract.checkout(ref);
      assert.deepEqual([tract.isDetached, tract.currentBranch], [true, null], ref);
      await tract.checkout('refs/heads/f');
      assert.deepEqual([tract.isDetached, tract.currentBranch], [false, 'f']);
    }
  });

  it('§8: going back to a branch that moved meanwhile attaches to it where it stands', async () => {
    const { tract } = await numbered(2);
    await tract.branch('f');
    await tract.checkout('main');
    await tract.renameBranch('f', 'g');
    await tract.checkout('-');
    assert.equal(tract.currentBranch, 'g');
  });

  it('§8: an unknown or too short target, a branch that is gone: an error, and HEAD, PREV_HEAD and the way back stay', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.branch('side');
    await tract.checkout('main');
    const state = async () => [
      tract.head,
      tract.currentBranch,
      await tract.resolveCommit('-'),
      (await tract.branches()).length,
    ];
    const before = await state();
    for (const target of ['nowhere', 'abc', 'f'.repeat(64), 'HEAD~9', '', 'ORIG_HEAD']) {
      await failure(tract.checkout(target));
      assert.deepEqual(await state(), before, target);
    }
    assert.equal(
      (
        await failure(
          tract
            .undo()
            .then(() => tract.undo())
            .then(() => tract.checkout('side')),
        )
      ).name,
      'CommitNotFoundError',
    );
    assert.equal(tract.head, hashes[1]);
  });

  it('§8: an empty tract: nothing to check out, and no previous position', async () => {
    const tract = await openTract();
    for (const target of ['main', 'HEAD', 'nowhere'])
      assert.ok((await failure(tract.checkout(target))) instanceof CommitNotFoundError, target);
    assert.equal((await failure(tract.checkout('-'))).message, 'No previous position');
    assert.deepEqual([tract.head, tract.isDetached], [null, false]);
  });

  it('§8: while detached reading works: compile, log, status, diff, blame, search, edit history, records, plans', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.checkout(hashes[1] ?? '');
    assert.deepEqual(texts(await tract.compile()), ['1', '2']);
    assert.equal((await tract.log()).length, 2);
    assert.equal((await tract.status()).detached, true);
    assert.equal((await tract.diff()).totals.added, 1);
    assert.equal((await tract.blame()).length, 2);
    assert.equal((await tract.search('3')).length, 1);
    assert.equal((await tract.editHistory('HEAD')).length, 1);
    assert.deepEqual(await tract.compileRecords(), []);
    assert.deepEqual(
      (await tract.branches()).map(({ name, current }) => [name, current]),
      [['main', false]],
    );
  });

  it('§8: the refusal while detached names what was asked for and the way back', async () => {
    const { tract } = await numbered(1);
    await tract.checkout('HEAD');
    assert.equal(
      (await failure(tract.user('x'))).message,
      "Cannot commit: HEAD is detached, so no branch would hold the result. Check out a branch ('checkout -' goes back to the previous one) or create one here first.",
    );
  });

  it('B.6: while detached redo, untag, delete and rename of branches, export, GC and doctor work too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-detached-'));
    const { tract, hashes } = await numbered(2);
    await tract.branch('side', { checkout: false });
    await tract.tag('t');
    await tract.checkout('HEAD~1');
    await tract.undo();
    await tract.redo();
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    await tract.untag('t');
    await tract.renameBranch('side', 'other');
    await tract.deleteBranch('other');
    await tract.exportTo(join(folder, 'file'));
    assert.deepEqual((await tract.gc({ dryRun: true, olderThanDays: 0 })).dryRun, true);
    assert.equal((await tract.doctor()).ok, true);
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    await rm(folder, { recursive: true });
  });
});
