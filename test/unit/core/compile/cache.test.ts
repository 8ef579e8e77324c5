import assert from 'node:assert/strict';
import { CompileMismatchError, openStore, type Tract } from '../../../../src/library.js';
import { codeOf, openTract, texts } from '../support.js';

/** A tract that counts how often contents are read, which compiling does only for what is not cached. */
async function counted(compileCacheSize?: number): Promise<{ tract: Tract; reads: () => number }> {
  const store = await openStore(compileCacheSize === undefined ? {} : { compileCacheSize });
  const { storage } = store;
  const read = storage.contents.bind(storage);
  let reads = 0;
  storage.contents = (hashes) => {
    reads += hashes.length;
    return read(hashes);
  };
  const tract = await store.create({ tractId: 't' });
  return {
    tract,
    reads: () => {
      const now = reads;
      reads = 0;
      return now;
    },
  };
}

describe('the compile cache (§5.1)', () => {
  it('§5.1: a child is derived from its parent at the cost of the change', async () => {
    const { tract, reads } = await counted();
    for (let i = 0; i < 50; i++) await tract.user(`t${i}`);
    await tract.compile();
    assert.equal(reads(), 50);
    await tract.compile();
    assert.equal(reads(), 0);
    await tract.user('t50');
    await tract.annotate('HEAD~10', 'important');
    assert.equal((await tract.compile()).commitCount, 51);
    assert.equal(reads(), 2);
  });

  it('§5.1: who compiled the commit before finds the new one compiled; nobody else pays for it', async () => {
    const { tract, reads } = await counted();
    await tract.user('nobody has compiled yet');
    await tract.user('nor here');
    assert.equal(reads(), 0);
    await tract.compile();
    reads();
    await tract.user('the next one');
    assert.equal(reads(), 1);
    assert.deepEqual(texts(await tract.compile()), ['nobody has compiled yet', 'nor here', 'the next one']);
    assert.equal(reads(), 0);
  });

  it('§5.1: checkout and reset never clear it', async () => {
    const { tract, reads } = await counted();
    for (let i = 0; i < 20; i++) await tract.user(`t${i}`);
    await tract.compile();
    await tract.compile({ at: 'HEAD~5' });
    reads();
    await tract.checkout('HEAD~5');
    assert.equal((await tract.compile()).commitCount, 15);
    await tract.checkout('-');
    await tract.reset('HEAD~5');
    assert.equal((await tract.compile()).commitCount, 15);
    assert.equal((await tract.compile({ at: 'ORIG_HEAD' })).commitCount, 20);
    assert.equal(reads(), 0);
  });

  it('§5.1: heads used least recently go first; 0 keeps none, and contexts are the same', async () => {
    const { tract, reads } = await counted(0);
    for (let i = 0; i < 10; i++) await tract.user(`t${i}`);
    const first = await tract.compile();
    assert.equal(reads(), 10);
    const second = await tract.compile();
    assert.equal(reads(), 10);
    assert.deepEqual([second.contextHash, second.tokenCount], [first.contextHash, first.tokenCount]);
  });

  it('§5.1: what is handed out cannot change what is cached', async () => {
    const tract = await openTract();
    await tract.user('Hi', {
      metadata: { tool_calls: [{ id: 'a', name: 'f', arguments: '{}' }] },
      generationConfig: { a: { b: 1 } },
    });
    await tract.commit({
      content_type: 'config',
      settings: { tools: [{ type: 'function', function: { name: 'f' } }] },
    });
    const context = await tract.compile();
    const before = JSON.stringify([context.messages, context.tools, context.commitHashes]);
    const [message] = context.messages;
    const attempts: (() => void)[] = [
      () => (context.messages as unknown[]).push('x'),
      () => (context.commitHashes as string[]).reverse().push('x'),
      () => Object.assign(message ?? {}, { content: 'changed' }),
      () => Object.assign(message?.toolCalls?.[0] ?? {}, { name: 'changed' }),
      () => (message?.toolCalls as unknown[]).push('x'),
      () => Object.assign((message?.generationConfig as { a: object }).a, { b: 2 }),
      () => Object.assign(context.tools?.[0] as object, { type: 'changed' }),
    ];
    for (const attempt of attempts) assert.throws(attempt, TypeError);
    const [first] = context.toOpenAI();
    Object.assign(first ?? {}, { content: 'changed' });
    for (const list of [context.toOpenAI(), context.toDicts(), context.toAnthropic().messages] as unknown[][])
      list.length = 0;
    const again = await tract.compile();
    assert.equal(JSON.stringify([again.messages, again.tools, again.commitHashes]), before);
    assert.equal(again.toOpenAI()[0]?.content, 'Hi');
  });

  it('§5.1: verifyCache throws on any difference', async () => {
    const store = await openStore({ verifyCache: true });
    const tract = await store.create({ tractId: 't' });
    const { contentHash } = await tract.user('Hi');
    assert.deepEqual(texts(await tract.compile()), ['Hi']);
    const { storage } = store;
    const read = storage.contents.bind(storage);
    storage.contents = async (hashes) =>
      new Map(
        [...(await read(hashes))].map(([hash, text]) => [hash, hash === contentHash ? text.replace('Hi', 'Ho') : text]),
      );
    assert.equal(await codeOf(tract.compile()), new CompileMismatchError('').code);
  });

  it('§6: a report is given again after the cache forgot the commit', async () => {
    const { tract } = await counted(1);
    await tract.user('one');
    await tract.recordUsage({ prompt_tokens: 100, completion_tokens: 50 });
    await tract.user('two');
    assert.match((await tract.compile()).tokenSource, /^tiktoken:/);
    const first = await tract.compile({ at: 'HEAD~1' });
    assert.deepEqual([first.tokenCount, first.tokenSource], [100, 'api:100+50']);
  });

  it('§5.1: 8 heads are kept by default, the least recently used goes first; and as many as asked for', async () => {
    for (const size of [undefined, 2]) {
      const kept = size ?? 8;
      const { tract, reads } = await counted(size);
      const heads: string[] = [];
      await tract.user('root');
      // Branches of their own, so that no head is derived from another one that is kept.
      for (let i = 0; i <= kept; i++) {
        await tract.branch(`b${i}`, { from: 'main' });
        heads.push((await tract.user(`t${i}`)).commitHash);
      }
      for (const at of heads.slice(0, kept)) await tract.compile({ at });
      reads();
      await tract.compile({ at: heads[0] ?? '' });
      assert.equal(reads(), 0, 'all of them are kept');
      // Now heads[1] is the least recently used.
      await tract.compile({ at: heads[kept] ?? '' });
      reads();
      await tract.compile({ at: heads[0] ?? '' });
      assert.equal(reads(), 0, 'the one used since stays');
      await tract.compile({ at: heads[1] ?? '' });
      assert.ok(reads() > 0, 'the least recently used went');
    }
  });

  it('§5.1: snapshots are by hash and options: one does not answer for another', async () => {
    const { tract } = await counted();
    await tract.user('text', { message: 'message' });
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(texts(await tract.compile()), ['text']);
      assert.deepEqual(texts(await tract.compile({ strategy: 'messages' })), ['message']);
      assert.deepEqual(texts(await tract.compile({ at: 'HEAD' })), ['text']);
    }
  });
});
