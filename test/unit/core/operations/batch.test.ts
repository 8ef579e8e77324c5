import assert from 'node:assert/strict';
import { InvalidArgumentError, openStore } from '../../../../src/library.js';
import { codeOf, failure, numbered, openTract, texts } from '../support.js';

describe('batch (Annex A)', () => {
  it('Annex A: inside it reads see what is staged; outside nothing shows until it is durable', async () => {
    const { tract, hashes } = await numbered(1);
    const result = await tract.batch(async (inner) => {
      const staged = await inner.user('2', { tags: ['t'] });
      assert.equal(inner.head, staged.commitHash);
      assert.deepEqual(texts(await inner.compile()), ['1', '2']);
      assert.equal(await inner.resolveCommit('t'), staged.commitHash);
      await inner.branch('f');
      await inner.edit(hashes[0] ?? '', { content_type: 'dialogue', role: 'user', text: 'ONE' });
      return 'what it gave';
    });
    assert.equal(result, 'what it gave');
    assert.deepEqual([tract.currentBranch, texts(await tract.compile())], ['f', ['ONE', '2']]);
    assert.deepEqual(texts(await tract.compile({ at: 'main' })), ['1', '2']);
  });

  it('Annex A, §4: a throw leaves nothing: no commit, content, ref, tag or log entry', async () => {
    const store = await openStore({ verifyCache: true });
    const tract = await store.create({ tractId: 't' });
    await tract.user('kept');
    const state = () =>
      JSON.stringify([
        [...store.storage.commitHashes()],
        [...store.storage.contentSizes()],
        [...store.storage.refs('t')],
        store.storage.refLog('t', { limit: 99 }),
        store.storage.ops({ limit: 99 }),
      ]);
    const before = state();
    const error = await failure(
      tract.batch(async (inner) => {
        await inner.user('lost', { tags: ['lost'] });
        await inner.branch('lost');
        await inner.reset('HEAD~1');
        throw new Error('on purpose');
      }),
    );
    assert.equal(error.message, 'on purpose');
    assert.equal(state(), before);
    assert.deepEqual(texts(await tract.compile()), ['kept']);
  });

  it('Annex A: an operation that fails inside leaves the others as they were', async () => {
    const { tract } = await numbered(1);
    await tract.batch(async (inner) => {
      await inner.user('2');
      assert.equal(await codeOf(inner.edit('HEAD~9', { content_type: 'output', text: 'x' })), 'COMMIT_NOT_FOUND');
      assert.equal(await codeOf(inner.user('x', { tags: ['not ok'] })), 'INVALID_TAG_NAME');
      assert.equal(await codeOf(inner.merge('nowhere')), 'BRANCH_NOT_FOUND');
      await inner.user('3');
    });
    assert.deepEqual(texts(await tract.compile()), ['1', '2', '3']);
  });

  it('§8, §10: undo, redo, a batch and a model’s call are refused inside; what comes too late as well', async () => {
    const { tract } = await numbered(2);
    let late: typeof tract | undefined;
    await tract.batch(async (inner) => {
      late = inner;
      for (const call of [
        () => inner.undo(),
        () => inner.redo(),
        () => inner.batch(() => Promise.resolve()),
        () => inner.generate({ model: { id: 'm', send: () => assert.fail('sent') } }),
      ])
        assert.ok((await failure(call())) instanceof InvalidArgumentError, call.toString());
    });
    assert.ok(late);
    const { head } = tract;
    assert.ok((await failure(late.user('too late'))) instanceof InvalidArgumentError);
    assert.equal(tract.head, head);
  });

  it('§9: branch, merge, rebase, reorder and compress work inside, all of them as one entry', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.batch(async (inner) => {
      await inner.branch('f');
      await inner.user('words on f that are worth a summary');
      await inner.checkout('main');
      await inner.user('words on main that are worth a summary');
      await inner.merge('f');
      await inner.compress({ range: ['main^1', 'f'], text: 'both' });
      await inner.reorder(['HEAD']);
    });
    assert.deepEqual(texts(await tract.compile()), ['both', '1']);
    await tract.undo();
    assert.deepEqual([tract.head, (await tract.branches()).length], [hashes[0], 1]);
  });

  it('Annex A: a batch of nothing changes nothing', async () => {
    const tract = await openTract();
    await tract.batch(() => Promise.resolve());
    assert.equal(tract.head, null);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
  });
});
