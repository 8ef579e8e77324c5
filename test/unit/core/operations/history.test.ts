import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

const messages = (page: readonly { readonly message: string }[]) => page.map(({ message }) => message);

describe('log (§8)', () => {
  it('§8: newest first, 20 by default, pages by cursor', async () => {
    const tract = await openTract();
    for (let i = 1; i <= 45; i++) await tract.user(`m${i}`);
    const first = await tract.log();
    assert.equal(first.length, 20);
    assert.equal(first[0]?.message, 'm45');
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await tract.log({ limit: 10, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...messages(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(
      all,
      Array.from({ length: 45 }, (_, i) => `m${45 - i}`),
    );
  });

  it('§8: along the graph, merged commits included once, paged through a merge', async () => {
    const tract = await openTract();
    await tract.user('root');
    await tract.branch('f');
    await tract.user('f1');
    await tract.user('f2');
    await tract.checkout('main');
    await tract.user('m1');
    await tract.merge('f');
    await tract.user('after');
    const expected = ['after', "Merge branch 'f' into main", 'f2', 'f1', 'm1', 'root'];
    assert.deepEqual(messages(await tract.log()), expected);
    const paged: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await tract.log({ limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...messages(page));
      cursor = page.nextCursor;
      more = cursor !== undefined;
    }
    assert.deepEqual(paged, expected);
  });

  it('§8: filters by operation, type, tag, text, priority, tokens and author', async () => {
    const tract = await openTract();
    await tract.system('You are helpful.');
    const hello = await tract.user('Hello "World"\nagain', { tags: ['mark'], metadata: { author: 'Ada' } });
    await tract.assistant('A much longer answer, with a good many more tokens than the others have.');
    await tract.annotate(hello.commitHash, 'important');
    const hashes = async (options: Parameters<typeof tract.log>[0]) =>
      (await tract.log(options)).map(({ commitHash }) => commitHash);
    assert.deepEqual(messages(await tract.log({ operation: 'annotate' })).length, 1);
    assert.deepEqual(messages(await tract.log({ type: 'instruction' })), ['You are helpful.']);
    assert.deepEqual(await hashes({ tag: 'mark' }), [hello.commitHash]);
    assert.deepEqual(await hashes({ text: '"world"\nAGAIN' }), [hello.commitHash]);
    assert.deepEqual(await hashes({ priority: 'important' }), [hello.commitHash]);
    assert.deepEqual(messages(await tract.log({ priority: 'pinned' })), ['You are helpful.']);
    assert.equal((await tract.log({ minTokens: 10 })).length, 1);
    assert.deepEqual(await hashes({ author: 'Ada' }), [hello.commitHash]);
    assert.equal((await tract.log({ tag: 'mark' }))[0]?.effectivePriority, 'important');
  });

  it('Annex A: negative and fractional limits are InvalidArgumentErrors; 0 asks for none', async () => {
    const tract = await openTract();
    await tract.user('x');
    for (const limit of [-1, 1.5, NaN])
      assert.ok((await failure(tract.log({ limit }))) instanceof InvalidArgumentError, String(limit));
    assert.deepEqual(await tract.log({ limit: 0 }), []);
    assert.deepEqual(await tract.search({ text: '', limit: 0 }), []);
    assert.deepEqual(await tract.compileRecords({ limit: 0 }), []);
    assert.deepEqual([...(await (await openTract()).log())], []);
  });

  it('§9.2, §9.4: priority and compression are what compiles, after a resolution and after an expand', async () => {
    const tract = await openTract();
    const target = (await tract.user('words that are annotated on both sides')).commitHash;
    await tract.branch('f');
    await tract.annotate(target, 'important');
    await tract.annotate(target, 'skip');
    await tract.checkout('main');
    await tract.annotate(target, 'important');
    await tract.merge('f', { resolutions: { [target]: 'ours' } });
    const row = async () => (await tract.log({ limit: 100 })).find(({ commitHash }) => commitHash === target);
    assert.equal((await row())?.effectivePriority, 'important');
    const { commit } = await tract.compress({ text: 's' });
    assert.equal((await row())?.compressedBy, commit.commitHash);
    await tract.expand(commit.commitHash);
    assert.equal((await row())?.compressedBy, null);
  });
});

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

describe('edit history, restore, blame, search (§8)', () => {
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

  it('§8: blame names the commit of each message, its edits, who and when', async () => {
    const tract = await openTract();
    const first = await tract.user('a', { metadata: { author: 'Ada' } });
    const second = await tract.assistant('b', { generationConfig: { model: 'gpt-4o' } });
    const edit = await tract.edit(
      first.commitHash,
      { content_type: 'dialogue', role: 'user', text: 'c' },
      { metadata: { author: 'Bob' } },
    );
    assert.deepEqual(await tract.blame(), [
      { commitHash: first.commitHash, edits: [edit.commitHash], createdAt: edit.createdAt, author: 'Bob' },
      { commitHash: second.commitHash, edits: [], createdAt: second.createdAt, author: 'gpt-4o' },
    ]);
  });

  it('§8: search over text as the person wrote it, type, tag, branch and metadata', async () => {
    const tract = await openTract();
    const quoted = await tract.user('He said "yes"\nand left.', { metadata: { ticket: 7 }, tags: ['t'] });
    await tract.branch('f');
    const output = await tract.commit({ content_type: 'output', text: 'Yes indeed' });
    await tract.checkout('main');
    const found = async (query: Parameters<typeof tract.search>[0]) =>
      (await tract.search(query)).map(({ commitHash }) => commitHash);
    assert.deepEqual(await found('"yes"\nand'), [quoted.commitHash]);
    assert.deepEqual((await found('YES')).sort(), [quoted.commitHash, output.commitHash].sort());
    assert.deepEqual(await found({ type: 'output' }), [output.commitHash]);
    assert.deepEqual(await found({ tag: 't' }), [quoted.commitHash]);
    assert.deepEqual(await found({ text: 'yes', branch: 'main' }), [quoted.commitHash]);
    assert.deepEqual(await found({ metadata: { ticket: 7 } }), [quoted.commitHash]);
    assert.deepEqual(await found('100% _'), []);
    assert.ok((await tract.search('indeed'))[0]?.excerpt.includes('Yes indeed'));
  });
});
