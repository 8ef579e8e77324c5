import assert from 'node:assert/strict';
import { NavigationError, openStore } from '../../../../src/library.js';
import { failure, numbered, openTract, texts } from '../support.js';

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

  it('§8: every move is an entry with before and after; undo and redo are entries that name the one stepped over', async () => {
    const store = await openStore();
    const tract = await store.create({ tractId: 't' });
    const one = (await tract.user('one')).commitHash;
    const two = (await tract.user('two')).commitHash;
    await tract.tag('v1');
    await tract.undo();
    await tract.undo();
    await tract.redo();
    const entries = store.storage.refLog('t', { limit: 99 }).toReversed();
    const main = (before: string | null, after: string | null) => ({ ref: 'refs/heads/main', before, after });
    assert.deepEqual(
      entries.map(({ kind, action, of, changes }) => [
        kind,
        action,
        of === null ? null : of - (entries[0]?.seq ?? 0),
        changes,
      ]),
      [
        ['move', 'commit', null, [{ ref: 'HEAD', before: null, after: 'ref: refs/heads/main' }, main(null, one)]],
        ['move', 'commit', null, [main(one, two)]],
        ['move', 'tag', null, [{ ref: 'refs/tags/v1', before: null, after: two }]],
        ['undo', 'undo', 2, [{ ref: 'refs/tags/v1', before: two, after: null }]],
        ['undo', 'undo', 1, [main(two, one)]],
        ['redo', 'redo', 1, [main(one, two)]],
      ],
    );
  });

  it('§8: an edit and an annotation are undone one at a time', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.edit(hashes[0] ?? '', { content_type: 'dialogue', role: 'user', text: 'ONE' });
    await tract.annotate(hashes[0] ?? '', 'skip');
    assert.deepEqual(texts(await tract.compile()), []);
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()), ['ONE']);
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()), ['1']);
  });

  it('§8, B.5: a compression of several groups is one entry', async () => {
    const tract = await openTract();
    for (const text of ['first', 'second', 'third']) {
      await tract.user(`${text}: words that are worth a summary`);
      if (text !== 'third') await tract.system('a rule');
    }
    const before = tract.head;
    const { summaries } = await tract.compress({ text: ['1', '2', '3'] });
    assert.equal(summaries.length, 3);
    const after = tract.head;
    await tract.undo();
    assert.equal(tract.head, before);
    await tract.redo();
    assert.equal(tract.head, after);
  });

  it('§8, B.7: a batch and a sliding window are one entry each', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.batch(async (inner) => {
      await inner.user('a few words that are worth a summary');
      await inner.user('b');
      await inner.tag('in-batch');
    });
    await tract.slidingWindow(1, { text: 's' });
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()).at(-1), 'b');
    await tract.undo();
    assert.deepEqual([tract.head, await tract.tags()], [hashes[0], []]);
  });

  it('§8: reset, checkout, branch, rename, delete, tag and untag are undone and redone exactly', async () => {
    const { tract } = await numbered(3);
    await tract.branch('f', { checkout: false });
    await tract.tag('v1');
    const state = async () =>
      JSON.stringify([tract.head, tract.currentBranch, tract.isDetached, await tract.branches(), await tract.tags()]);
    for (const move of [
      () => tract.reset('HEAD~1', { mode: 'hard' }),
      () => tract.checkout('HEAD~1'),
      () => tract.checkout('f'),
      () => tract.renameBranch('f', 'g'),
      () => tract.deleteBranch('main', { force: true }),
      () => tract.branch('h'),
      () => tract.tag('v1', 'HEAD~1'),
      () => tract.untag('v1'),
      () => tract.rebase('HEAD~1'),
    ]) {
      const before = await state();
      await move();
      const after = await state();
      if (after === before) continue;
      await tract.undo();
      assert.equal(await state(), before, move.toString());
      await tract.redo();
      assert.equal(await state(), after, move.toString());
    }
  });

  it('§8: what failed is no entry; `Nothing to undo` of an empty tract and `Nothing to redo` after a new move', async () => {
    const empty = await openTract();
    assert.equal((await failure(empty.undo())).message, 'Nothing to undo');
    assert.equal((await failure(empty.redo())).message, 'Nothing to redo');
    const { tract } = await numbered(2);
    await tract.undo();
    await failure(tract.reset('nowhere'));
    await failure(tract.checkout('nowhere'));
    await failure(tract.commit({ content_type: 'nothing' }));
    await tract.redo();
    await tract.undo();
    await tract.tag('a-new-move');
    assert.equal((await failure(tract.redo())).message, 'Nothing to redo');
  });
});
