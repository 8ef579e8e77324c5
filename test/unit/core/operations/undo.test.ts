import assert from 'node:assert/strict';
import { NavigationError } from '../../../../src/library.js';
import { failure, numbered, texts } from '../support.js';

describe('undo and redo (§8)', () => {
  it('§8: steps back one commit at a time, forward again, and a new move clears redo', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.undo();
    await tract.undo();
    assert.equal(tract.head, hashes[0]);
    await tract.redo();
    assert.equal(tract.head, hashes[1]);
    await tract.redo();
    assert.equal(tract.head, hashes[2]);
    assert.ok((await failure(tract.redo())) instanceof NavigationError);
    await tract.undo();
    await tract.user('new');
    assert.equal((await failure(tract.redo())).message, 'Nothing to redo');
    await tract.undo();
    await tract.undo();
    await tract.undo();
    assert.equal(tract.head, null);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
    await tract.redo();
    assert.equal(tract.head, hashes[0]);
  });

  it('§8: the first commit is undone as well: no head, no branch, not detached; and done again', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.undo();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [null, null, false]);
    assert.deepEqual(await tract.branches(), []);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
    await tract.redo();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [hashes[0], 'main', false]);
  });

  it('§8: any past position can be checked out, one that no ref names included', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.reset('HEAD~2', { mode: 'hard' });
    await tract.user('elsewhere');
    await tract.undo();
    await tract.undo();
    await tract.undo();
    await tract.checkout(hashes[2] ?? '');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[2], true]);
    assert.equal((await tract.compile()).commitCount, 3);
  });

  it('§8: undo after undo, redo and undo steps on, past what was redone', async () => {
    const { tract, hashes } = await numbered(4);
    for (const step of ['undo', 'redo', 'undo', 'undo', 'redo', 'undo', 'undo'] as const) await tract[step]();
    assert.equal(tract.head, hashes[0]);
    for (let i = 0; i < 3; i++) await tract.redo();
    assert.equal(tract.head, hashes[3]);
  });

  it('§8: merge, rebase (tags included), compress with several groups and branch-with-checkout are one entry each', async () => {
    const { tract } = await numbered(1);
    const pinned = await tract.system('pinned');
    await tract.user('some words to compress');
    const before = tract.head;
    await tract.compress({ text: ['a', 'b'] }).catch(() => undefined);
    await tract.reset(before ?? '');
    await tract.annotate(pinned.commitHash, 'pinned');
    const annotated = tract.head;
    await tract.branch('f');
    await tract.undo();
    assert.deepEqual([tract.currentBranch, (await tract.branches()).length], ['main', 1]);
    await tract.redo();
    await tract.user('on f');
    await tract.tag('mark');
    const tip = tract.head;
    await tract.checkout('main');
    await tract.user('on main');
    await tract.checkout('f');
    await tract.rebase('main');
    assert.notEqual(await tract.resolveCommit('mark'), tip);
    await tract.undo();
    assert.deepEqual([tract.head, await tract.resolveCommit('mark')], [tip, tip]);
    await tract.checkout('main');
    await tract.merge('f');
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()).at(-1), 'on main');
    assert.ok(annotated);
  });

  it('§8: works after export and import: an imported tract undoes what the original would', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { Tract } = await import('../../../../src/library.js');
    const folder = await mkdtemp('/tmp/tract-undo-');
    const { tract, hashes } = await numbered(3);
    await tract.undo();
    await tract.redo();
    await tract.undo();
    await tract.exportTo(`${folder}/t`);
    const imported = await Tract.importFrom(`${folder}/t`, { verifyCache: true });
    await imported.redo();
    assert.equal(imported.head, hashes[2]);
    await imported.undo();
    await imported.undo();
    assert.equal(imported.head, hashes[0]);
    await rm(folder, { recursive: true });
  });
});
