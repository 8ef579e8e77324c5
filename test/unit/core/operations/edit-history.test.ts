import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/library.js';
import { failure, numbered, openTract } from '../support.js';

describe('edit history and restore (§8)', () => {
  it('§8: history by hash, prefix or one of its edits; restore makes a new edit; out of range is an error', async () => {
    const tract = await openTract();
    const target = (await tract.user('v0', { generationConfig: { model: 'm' } })).commitHash;
    const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
    const edit = await tract.edit(target, say('v1'));
    await tract.edit(target, say('v2'));
    for (const ref of [target, target.slice(0, 10), edit.commitHash])
      assert.deepEqual(
        (await tract.editHistory(ref)).map(({ version, text }) => `${version} ${text}`),
        ['0 v0', '1 v1', '2 v2'],
      );
    const restored = await tract.restore(target, 1);
    assert.equal(restored.message, 'restore to version 1');
    assert.equal(restored.operation, 'edit');
    assert.deepEqual((await tract.compile()).messages[0]?.content, 'v1');
    assert.equal((await tract.editHistory(target)).length, 4);
    await tract.restore(target, 0);
    assert.deepEqual((await tract.compile()).messages[0]?.generationConfig, { model: 'm' });
    const { head } = tract;
    for (const version of [-1, 5, 1.5, NaN])
      assert.ok((await failure(tract.restore(target, version))) instanceof InvalidArgumentError, String(version));
    assert.equal(tract.head, head);
  });

  it('§8: only edits of the history of HEAD are versions; one of an unedited commit is one', async () => {
    const { tract, hashes } = await numbered(1);
    const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
    assert.deepEqual(
      (await tract.editHistory('HEAD')).map(({ text }) => text),
      ['1'],
    );
    await tract.branch('f');
    await tract.edit(hashes[0] ?? '', say('on f'));
    await tract.checkout('main');
    await tract.edit(hashes[0] ?? '', say('on main'));
    assert.deepEqual(
      (await tract.editHistory(hashes[0] ?? '')).map(({ text }) => text),
      ['1', 'on main'],
    );
    assert.equal((await failure(tract.restore(hashes[0] ?? '', 2))).name, 'InvalidArgumentError');
  });

  it('§8: a version says who wrote it, when, and its message', async () => {
    const tract = await openTract();
    const first = await tract.user('v0', { metadata: { author: 'Ada' } });
    const edit = await tract.edit(
      first.commitHash,
      { content_type: 'dialogue', role: 'user', text: 'v1' },
      { message: 'clearer', metadata: { author: 'Bob' } },
    );
    assert.deepEqual(await tract.editHistory(first.commitHash.slice(0, 8)), [
      {
        version: 0,
        commitHash: first.commitHash,
        text: 'v0',
        message: 'v0',
        createdAt: first.createdAt,
        author: 'Ada',
      },
      {
        version: 1,
        commitHash: edit.commitHash,
        text: 'v1',
        message: 'clearer',
        createdAt: edit.createdAt,
        author: 'Bob',
      },
    ]);
  });

  it('§8: restore by one of the edits; role and name come back too; an annotation, a merge or an unknown ref is an error', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.commit({ content_type: 'dialogue', role: 'user', text: 'v0', name: 'Bob' });
    const edit = await tract.edit(commitHash, { content_type: 'output', text: 'v1' });
    await tract.restore(edit.commitHash.slice(0, 10), 0);
    const [message] = (await tract.compile()).messages;
    assert.deepEqual([message?.role, message?.content, message?.name, message?.edited], ['user', 'v0', 'Bob', true]);
    const note = await tract.annotate(commitHash, 'pinned');
    const { head } = tract;
    assert.equal((await failure(tract.restore(note.commitHash, 0))).name, 'EditTargetError');
    assert.equal((await failure(tract.restore('nowhere', 0))).name, 'CommitNotFoundError');
    assert.equal((await failure(tract.editHistory('nowhere'))).name, 'CommitNotFoundError');
    assert.equal(tract.head, head);
  });
});
