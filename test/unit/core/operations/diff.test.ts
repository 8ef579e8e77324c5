import assert from 'node:assert/strict';
import { failure, numbered, openTract } from '../support.js';

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

  it('§8: `a` is the parent and `b` HEAD unless given; both may be any ref', async () => {
    const { tract, hashes } = await numbered(3);
    const plain = await tract.diff();
    assert.deepEqual([plain.a, plain.b], [hashes[1], hashes[2]]);
    const fromFirst = await tract.diff(hashes[0]);
    assert.deepEqual([fromFirst.a, fromFirst.b, fromFirst.totals.added], [hashes[0], hashes[2], 2]);
    const middle = await tract.diff(undefined, 'HEAD~1');
    assert.deepEqual([middle.a, middle.b, middle.totals.added], [hashes[0], hashes[1], 1]);
    assert.equal((await tract.diff(undefined, hashes[0])).a, '(empty)');
    const same = await tract.diff('HEAD', 'main');
    assert.deepEqual(same.totals, { added: 0, removed: 0, modified: 0, unchanged: 3, tokenDelta: 0 });
    for (const refs of [['nowhere'], ['HEAD', 'nowhere'], ['HEAD~9']] as const)
      assert.equal((await failure(tract.diff(...refs))).name, 'CommitNotFoundError');
    assert.equal((await failure((await openTract()).diff('HEAD', 'HEAD'))).message, 'No commits to diff');
  });

  it('§8: an edit is shown alone, also as `b` and behind other messages; with `a` everything', async () => {
    const { tract, hashes } = await numbered(3);
    const edit = await tract.edit(hashes[1] ?? '', { content_type: 'dialogue', role: 'user', text: 'TWO' });
    await tract.user('later');
    const alone = await tract.diff(undefined, edit.commitHash);
    assert.deepEqual(
      alone.messages.map(({ status, a, b }) => [status, a?.content, b?.content]),
      [['modified', '2', 'TWO']],
    );
    assert.deepEqual(alone.totals.unchanged, 0);
    assert.deepEqual((await tract.diff(`${edit.commitHash}~1`, edit.commitHash)).totals.unchanged, 2);
  });

  it('§8: role, name and config changes are told without a diff of the text', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('same', { generationConfig: { model: 'm', temperature: 0 } });
    await tract.edit(
      commitHash,
      { content_type: 'dialogue', role: 'assistant', text: 'same', name: 'Bob' },
      { generationConfig: { model: 'n' } },
    );
    const [message] = (await tract.diff()).messages;
    assert.equal(message?.status, 'modified');
    assert.deepEqual(
      [message.roleChanged, message.nameChanged, message.unifiedDiff, message.configChanges],
      [true, true, undefined, { model: { a: 'm', b: 'n' }, temperature: { a: 0, b: null } }],
    );
    assert.equal((await tract.diff()).totals.tokenDelta, 2);
  });

  it('§8: a unified diff: header of both commits, context, what left and what came', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('one\ntwo\nthree');
    await tract.edit(commitHash, { content_type: 'dialogue', role: 'user', text: 'one\n2\nthree' });
    await tract.user('more');
    const [a, b] = [commitHash, tract.head ?? ''];
    const [message] = (await tract.diff(a, b)).messages;
    const lines = message?.unifiedDiff?.split('\n') ?? [];
    assert.deepEqual(
      lines.filter((line) => /^[-+ ]/.test(line)),
      [`--- commit ${a.slice(0, 8)}`, `+++ commit ${b.slice(0, 8)}`, ' one', '-two', '+2', ' three'],
    );
  });

  it('§8: messages are aligned across branches: the same text of another commit is no change', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    await tract.user('same');
    await tract.user('only there');
    await tract.checkout('main');
    await tract.user('same');
    assert.deepEqual(
      (await tract.diff('f', 'main')).messages.map(({ status, a, b }) => [status, a?.content ?? b?.content]),
      [
        ['unchanged', '1'],
        ['unchanged', 'same'],
        ['removed', 'only there'],
      ],
    );
  });

  it('§8: a compression, a skip and a merge in a diff: what left, what came, the tokens', async () => {
    const tract = await openTract();
    await tract.user('Hello');
    await tract.user('Hello Hello Hello');
    await tract.compress({ text: 'Hello' });
    const { totals } = await tract.diff();
    // 5 + 7 tokens leave, 5 come.
    assert.deepEqual(totals, { added: 1, removed: 2, modified: 0, unchanged: 0, tokenDelta: -7 });
    await tract.branch('f');
    await tract.user('Hello');
    await tract.checkout('main');
    await tract.user('Hello');
    await tract.merge('f');
    assert.deepEqual((await tract.diff()).totals, { added: 1, removed: 0, modified: 0, unchanged: 2, tokenDelta: 5 });
  });
});
