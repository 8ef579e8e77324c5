import assert from 'node:assert/strict';
import { failure, openTract } from '../support.js';

describe('diff (§8)', () => {
  it('§8: the first commit is compared with (empty); an empty tract has `No commits to diff`', async () => {
    const tract = await openTract();
    assert.equal((await failure(tract.diff())).message, 'No commits to diff');
    await tract.user('Hello');
    const diff = await tract.diff();
    assert.equal(diff.a, '(empty)');
    assert.deepEqual(diff.totals, { added: 1, removed: 0, modified: 0, unchanged: 0, tokenDelta: 5 });
  });

  it('§8: an edit without `a` shows only the edit, with a unified diff', async () => {
    const tract = await openTract();
    await tract.system('You are helpful.');
    const target = await tract.user('one\ntwo\nthree');
    const edit = await tract.edit(
      target.commitHash,
      { content_type: 'dialogue', role: 'assistant', text: 'one\n2\nthree', name: 'Bob' },
      { generationConfig: { model: 'm' } },
    );
    const diff = await tract.diff();
    assert.equal(diff.messages.length, 1);
    const [message] = diff.messages;
    assert.equal(message?.status, 'modified');
    assert.equal(message.roleChanged, true);
    assert.deepEqual(message.configChanges, { model: { a: null, b: 'm' } });
    const lines = message.unifiedDiff?.split('\n') ?? [];
    assert.equal(lines[0], `--- commit ${target.commitHash.slice(0, 8)}`);
    assert.equal(lines[1], `+++ commit ${edit.commitHash.slice(0, 8)}`);
    assert.ok(lines.includes('-two') && lines.includes('+2'));
    assert.deepEqual((await tract.diff('HEAD~1')).totals, {
      added: 0,
      removed: 0,
      modified: 1,
      unchanged: 1,
      tokenDelta: diff.totals.tokenDelta,
    });
  });

  it('§8: two commits: added, removed, modified, unchanged', async () => {
    const tract = await openTract();
    await tract.user('kept');
    const gone = await tract.user('gone');
    const changed = await tract.user('old');
    const a = tract.head ?? '';
    await tract.annotate(gone.commitHash, 'skip');
    await tract.edit(changed.commitHash, { content_type: 'dialogue', role: 'user', text: 'new' });
    await tract.user('added');
    assert.deepEqual(
      (await tract.diff(a, 'HEAD')).messages.map(({ status, a: from, b: to }) => [status, from?.content, to?.content]),
      [
        ['unchanged', 'kept', 'kept'],
        ['removed', 'gone', undefined],
        ['modified', 'old', 'new'],
        ['added', undefined, 'added'],
      ],
    );
    const back = await tract.diff('HEAD', a);
    assert.deepEqual([back.totals.added, back.totals.removed], [1, 1]);
  });
});
