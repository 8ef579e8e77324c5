import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/library.js';
import { failure, numbered, openTract } from '../support.js';

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

  it('§8: 20 by default: of 20 there is no next page, of 21 there is', async () => {
    const { tract } = await numbered(20);
    assert.deepEqual([(await tract.log()).length, (await tract.log()).nextCursor], [20, undefined]);
    await tract.user('21');
    const first = await tract.log();
    assert.equal(first.length, 20);
    assert.deepEqual(messages(await tract.log({ cursor: first.nextCursor ?? '' })), ['1']);
  });

  it('§8: a page with a filter goes on behind it; filters go together', async () => {
    const tract = await openTract();
    for (let i = 1; i <= 6; i++) {
      await tract.user(`question ${i}`);
      await tract.commit({ content_type: 'output', text: `answer ${i}` });
    }
    const first = await tract.log({ type: 'output', limit: 2 });
    assert.deepEqual(messages(first), ['answer 6', 'answer 5']);
    assert.deepEqual(messages(await tract.log({ type: 'output', limit: 2, cursor: first.nextCursor ?? '' })), [
      'answer 4',
      'answer 3',
    ]);
    assert.deepEqual(messages(await tract.log({ type: 'output', text: '3' })), ['answer 3']);
    assert.deepEqual(messages(await tract.log({ type: 'nothing' })), []);
    assert.deepEqual(messages(await tract.log({ tag: 'nothing' })), []);
  });

  it('§8, §9.4: says which commits make a message of their own', async () => {
    const tract = await openTract();
    for (const text of ['one two three', 'four five six']) await tract.user(text);
    await tract.commit({ content_type: 'config', settings: { model: 'm' } });
    const { commit } = await tract.compress({ range: ['HEAD~2', 'HEAD~1'], text: '1' });
    await tract.annotate(commit.commitHash, 'important');
    await tract.expand(commit.commitHash);
    const made = (await tract.log()).map(({ operation, makesMessage }) => `${operation} ${makesMessage}`);
    const messages = ['append false', 'append true', 'append true'];
    assert.deepEqual(made, ['compress false', 'annotate false', 'compress true', ...messages]);
  });

  it('§8: tokens from and to, inclusive', async () => {
    const tract = await openTract();
    for (const text of ['Hello', 'Hello Hello', 'Hello Hello Hello']) await tract.user(text);
    assert.deepEqual(messages(await tract.log({ minTokens: 2 })), ['Hello Hello Hello', 'Hello Hello']);
    assert.deepEqual(messages(await tract.log({ maxTokens: 2 })), ['Hello Hello', 'Hello']);
    assert.deepEqual(messages(await tract.log({ minTokens: 2, maxTokens: 2 })), ['Hello Hello']);
  });

  it('§8: from any ref; a cursor of another history is an InvalidArgumentError', async () => {
    const { tract, hashes } = await numbered(3);
    assert.deepEqual(messages(await tract.log({ from: hashes[1] ?? '' })), ['2', '1']);
    await tract.branch('f', { from: hashes[0] ?? '' });
    await tract.user('aside');
    assert.deepEqual(messages(await tract.log()), ['aside', '1']);
    for (const cursor of [hashes[2] ?? '', 'nothing', ''])
      assert.ok((await failure(tract.log({ cursor }))) instanceof InvalidArgumentError);
    assert.equal((await failure(tract.log({ from: 'nowhere' }))).name, 'CommitNotFoundError');
  });

  it('§8: two commits of one moment stand in the order of the graph', async () => {
    const tract = await openTract({ clock: () => new Date(0) });
    for (const text of ['first', 'second', 'third']) await tract.user(text);
    await tract.user('earlier by its clock', { timestamp: '1960-01-01T00:00:00Z' });
    assert.deepEqual(messages(await tract.log()), ['earlier by its clock', 'third', 'second', 'first']);
  });
});
