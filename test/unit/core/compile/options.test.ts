import assert from 'node:assert/strict';
import { CommitNotFoundError, CompileOptionsError, type Tract } from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';

type CompileOptions = NonNullable<Parameters<Tract['compile']>[0]>;

/** Messages `t0` … with commit messages `m0` …, one a second from 2026-01-01. */
async function numbered(count: number): Promise<{ tract: Tract; hashes: readonly string[] }> {
  const tract = await openTract();
  const hashes: string[] = [];
  for (let i = 0; i < count; i++) {
    const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, i));
    hashes.push((await tract.user(`t${i}`, { message: `m${i}`, timestamp })).commitHash);
  }
  return { tract, hashes };
}

describe('compile: result (§5)', () => {
  it('§5: an empty tract has no messages, 0 tokens and source ""', async () => {
    const context = await (await openTract()).compile();
    assert.deepEqual(context.messages, []);
    assert.deepEqual(context.commitHashes, []);
    assert.equal(context.tokenCount, 0);
    assert.equal(context.estimatedTokens, 0);
    assert.equal(context.commitCount, 0);
    assert.equal(context.tokenSource, '');
    assert.equal(context.tools, null);
    assert.deepEqual(context.toOpenAI(), []);
  });

  it('§5, §6: counts, source, hashes parallel to the messages, and what a message holds', async () => {
    const tract = await openTract();
    const system = await tract.system('You are helpful.');
    const user = await tract.user('Hi', { metadata: { name: 'Bob' }, generationConfig: { model: 'm' } });
    await tract.commit({ content_type: 'config', settings: { temperature: 0 } });
    const context = await tract.compile();
    assert.equal(context.tokenCount, 18);
    assert.equal(context.estimatedTokens, 18);
    assert.equal(context.tokenSource, 'tiktoken:o200k_base');
    assert.equal(context.commitCount, 2);
    assert.deepEqual(context.commitHashes, [system.commitHash, user.commitHash]);
    assert.deepEqual(context.messages[1], {
      role: 'user',
      content: 'Hi',
      name: 'Bob',
      toolCalls: null,
      toolCallId: null,
      direction: null,
      tokenCount: 7,
      commitHash: user.commitHash,
      priority: 'normal',
      contentType: 'dialogue',
      edited: false,
      generationConfig: { model: 'm' },
    });
  });

  it('Annex A: the context hash is that of canonical messages and tools, nulls kept; a directive’s name is not sent', async () => {
    const tract = await openTract();
    await tract.commit({ content_type: 'instruction', name: 'tone', text: 'be kind' });
    const { contextHash, messages } = await tract.compile();
    assert.equal(messages[0]?.name, null);
    const { createHash } = await import('node:crypto');
    const canonical =
      '{"messages":[{"content":"be kind","name":null,"role":"system","tool_call_id":null,"tool_calls":null}],"tools":null}';
    assert.equal(contextHash, createHash('sha256').update(canonical).digest('hex'));
  });

  it('§5: consecutive messages of one role are never joined', async () => {
    const { tract } = await numbered(3);
    assert.deepEqual(texts(await tract.compile()), ['t0', 't1', 't2']);
    assert.equal((await tract.compile()).toOpenAI().length, 3);
  });
});

describe('compile: options (§5)', () => {
  it('§5: `at` any ref, a prefix too; unknown is an error', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.tag('second', 'HEAD~1');
    for (const at of ['HEAD~1', 'second', (hashes[1] ?? '').slice(0, 8), hashes[1] ?? ''])
      assert.deepEqual(texts(await tract.compile({ at })), ['t0', 't1'], at);
    assert.ok((await failure(tract.compile({ at: 'nowhere' }))) instanceof CommitNotFoundError);
  });

  it('§5: `asOf` is the last commit at or before that time on the first-parent line', async () => {
    const { tract } = await numbered(3);
    const at = async (asOf: Date | string) => texts(await tract.compile({ asOf }));
    assert.deepEqual(await at('2026-01-01T00:00:01Z'), ['t0', 't1']);
    assert.deepEqual(await at('2026-01-01T00:00:01.999999Z'), ['t0', 't1']);
    assert.deepEqual(await at(new Date(Date.UTC(2026, 0, 1, 0, 0, 2))), ['t0', 't1', 't2']);
    assert.deepEqual(await at('2025-12-31T23:59:59Z'), []);
    assert.equal(await codeOf(tract.compile({ asOf: 'soon' })), 'INVALID_ARGUMENT');
  });

  it('§5: `asOf` does not go into merged branches', async () => {
    const tract = await openTract();
    const at = (second: number) => ({ timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, second)) });
    await tract.user('base', at(0));
    await tract.branch('side');
    await tract.user('on side', at(1));
    await tract.checkout('main');
    await tract.user('on main', at(5));
    await tract.merge('side');
    assert.deepEqual(texts(await tract.compile({ asOf: '2026-01-01T00:00:03Z' })), ['base']);
  });

  it('§5: both → `Cannot specify both`', async () => {
    const { tract } = await numbered(1);
    const error = await failure(tract.compile({ at: 'HEAD', asOf: '2026-01-01T00:00:00Z' }));
    assert.ok(error instanceof CompileOptionsError);
    assert.match(error.message, /^Cannot specify both/);
  });

  const strategies: readonly (readonly [CompileOptions, readonly string[]])[] = [
    [{ strategy: 'full' }, ['t0', 't1', 't2', 't3', 't4', 't5', 't6']],
    [{ strategy: 'messages' }, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6']],
    [{ strategy: 'adaptive' }, ['m0', 'm1', 't2', 't3', 't4', 't5', 't6']],
    [{ strategy: 'adaptive', k: 2 }, ['m0', 'm1', 'm2', 'm3', 'm4', 't5', 't6']],
    [{ strategy: 'adaptive', k: 0 }, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6']],
    [{ strategy: 'adaptive', k: 99 }, ['t0', 't1', 't2', 't3', 't4', 't5', 't6']],
    // floor(7 · 0.5) = 3
    [{ strategy: 'adaptive', recentRatio: 0.5 }, ['m0', 'm1', 'm2', 'm3', 't4', 't5', 't6']],
    // max(1, floor(7 · 0)) = 1
    [{ strategy: 'adaptive', recentRatio: 0 }, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 't6']],
    [{ strategy: 'adaptive', recentRatio: 1 }, ['t0', 't1', 't2', 't3', 't4', 't5', 't6']],
  ];
  for (const [options, expected] of strategies) {
    it(`§5: ${JSON.stringify(options)}`, async () => {
      const { tract } = await numbered(7);
      const context = await tract.compile(options);
      assert.deepEqual(texts(context), expected);
      // 3 for each message, 1 for its role, 2 for its text, and 3 at the end.
      assert.equal(context.tokenCount, 7 * 6 + 3);
    });
  }

  const refused: readonly (readonly [object, RegExp])[] = [
    [{ strategy: 'best' }, /^Invalid compile strategy/],
    [{ strategy: 'adaptive', recentRatio: 1.01 }, /recentRatio/],
    [{ strategy: 'adaptive', recentRatio: -0.1 }, /recentRatio/],
    [{ strategy: 'adaptive', recentRatio: Number.NaN }, /recentRatio/],
    [{ strategy: 'adaptive', k: -1 }, /k must/],
    [{ strategy: 'adaptive', k: 1.5 }, /k must/],
  ];
  for (const [options, text] of refused) {
    it(`§5, Annex A: ${JSON.stringify(options)} is refused`, async () => {
      const { tract } = await numbered(1);
      const error = await failure(tract.compile(options));
      assert.ok(error instanceof CompileOptionsError);
      assert.match(error.message, text);
    });
  }

  it('§5: `includeReasoning` shows what its type skips', async () => {
    const tract = await openTract();
    await tract.user('q');
    await tract.commit({ content_type: 'reasoning', text: 'hm' });
    assert.deepEqual(texts(await tract.compile()), ['q']);
    assert.deepEqual(texts(await tract.compile({ includeReasoning: true })), ['q', 'hm']);
  });

  it('§5: `markEdits` adds ` [edited]`, and its tokens', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.edit(hashes[0] ?? '', { content_type: 'dialogue', role: 'user', text: 'new' });
    const plain = await tract.compile();
    const marked = await tract.compile({ markEdits: true });
    assert.deepEqual(texts(plain), ['new', 't1']);
    assert.deepEqual(texts(marked), ['new [edited]', 't1']);
    assert.ok(marked.tokenCount > plain.tokenCount);
  });

  it('§5: `order` puts messages first for this compile only', async () => {
    const { tract, hashes } = await numbered(3);
    assert.deepEqual(texts(await tract.compile({ order: [hashes[2] ?? '', hashes[0] ?? ''] })), ['t2', 't0', 't1']);
    assert.deepEqual(texts(await tract.compile()), ['t0', 't1', 't2']);
  });

  it('B.2: the option `tools` replaces the setting nearest to head; both count', async () => {
    const { tract } = await numbered(1);
    const tool = (name: string) => ({ type: 'function', function: { name } });
    await tract.commit({ content_type: 'config', settings: { tools: [tool('a')] } });
    const set = await tract.compile();
    assert.deepEqual(set.tools, [tool('a')]);
    assert.ok(set.tokenCount > 9);
    assert.deepEqual((await tract.compile({ tools: [tool('b')] })).tools, [tool('b')]);
    assert.equal((await tract.compile({ tools: [] })).tools, null);
  });

  it('§5: a report counts for the options it was sent with, by default the default ones', async () => {
    const { tract } = await numbered(7);
    await tract.recordUsage({ prompt_tokens: 100, completion_tokens: 50 });
    const sent = await tract.compile();
    assert.deepEqual([sent.tokenCount, sent.tokenSource, sent.estimatedTokens], [100, 'api:100+50', 45]);
    const other = await tract.compile({ strategy: 'messages' });
    assert.deepEqual([other.tokenCount, other.tokenSource], [45, 'tiktoken:o200k_base']);
  });

  it('§5: `order` takes refs; what does not show is passed over; an unknown ref and what is no message are errors', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.tag('last');
    assert.deepEqual(texts(await tract.compile({ order: ['last', (hashes[1] ?? '').slice(0, 10)] })), [
      't2',
      't1',
      't0',
    ]);
    await tract.annotate('last', 'skip');
    const { head } = tract;
    assert.deepEqual(texts(await tract.compile({ order: ['last', hashes[1] ?? ''] })), ['t1', 't0']);
    assert.deepEqual(texts(await tract.compile({ order: [] })), ['t0', 't1']);
    assert.equal(await codeOf(tract.compile({ order: ['nowhere'] })), 'COMMIT_NOT_FOUND');
    assert.equal(await codeOf(tract.compile({ order: ['f'.repeat(64)] })), 'COMMIT_NOT_FOUND');
    assert.equal(await codeOf(tract.compile({ order: ['HEAD'] })), 'TARGET');
    assert.equal(await codeOf(tract.compile({ at: hashes[0] ?? '', order: [hashes[2] ?? ''] })), 'TARGET');
    assert.equal(await codeOf(tract.compile({ order: ['last', 'last'] })), 'INVALID_ARGUMENT');
    assert.equal(tract.head, head);
  });

  it('§5, §7: `order` by refs is kept on the record as hashes, and reproduces wherever the refs stand later', async () => {
    const { tract, hashes } = await numbered(3);
    const model = {
      id: 'm',
      async *send() {
        await Promise.resolve();
        yield { type: 'text' as const, text: 'ok' };
      },
    };
    const { record } = await tract.generate({ model, order: ['HEAD'] });
    assert.deepEqual(await tract.compileRecordCommits(record.id), [hashes[2], hashes[0], hashes[1]]);
    await tract.user('later');
    const again = await (await tract.compileRecord(record.id))?.reproduce();
    assert.deepEqual(again && texts(again), ['t2', 't0', 't1']);
    assert.equal(await codeOf(tract.generate({ model, order: ['nowhere'] })), 'COMMIT_NOT_FOUND');
    assert.equal((await tract.compileRecords()).length, 1);
  });

  it('§5: an unknown or too short `at` is an error; `at` of an empty tract too', async () => {
    const { tract } = await numbered(2);
    assert.equal(await codeOf(tract.compile({ at: 'f'.repeat(64) })), 'COMMIT_NOT_FOUND');
    assert.equal(await codeOf(tract.compile({ at: 'HEAD~2' })), 'COMMIT_NOT_FOUND');
    assert.equal(
      (await failure(tract.compile({ at: 'abc' }))).message,
      'Commit hash prefix must be at least 4 characters',
    );
    const empty = await openTract();
    assert.equal(await codeOf(empty.compile({ at: 'HEAD' })), 'COMMIT_NOT_FOUND');
    assert.deepEqual((await empty.compile({ asOf: '2026-01-01T00:00:00Z' })).messages, []);
  });

  it('§5: the texts `Cannot specify both` and `Invalid compile strategy`', async () => {
    const { tract } = await numbered(1);
    for (const options of [
      { at: 'HEAD', asOf: '2026-01-01T00:00:00Z' },
      { at: 'nowhere', asOf: 'HEAD' },
    ])
      assert.match((await failure(tract.compile(options))).message, /^Cannot specify both/);
    for (const strategy of ['', 'FULL', 'toString', 'best'])
      assert.match(
        (await failure(tract.compile({ strategy: strategy as 'full' }))).message,
        /^Invalid compile strategy/,
      );
  });

  it('§5: options go together: messages, marks, order and reasoning; an edit brings its commit message', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.edit(hashes[0] ?? '', { content_type: 'dialogue', role: 'user', text: 'T0' }, { message: 'M0' });
    await tract.commit({ content_type: 'reasoning', text: 'hm' }, { message: 'thinking' });
    const { messages } = await tract.compile({
      strategy: 'messages',
      markEdits: true,
      includeReasoning: true,
      order: [hashes[1] ?? ''],
    });
    assert.deepEqual(
      messages.map(({ content }) => content),
      ['m1', 'M0 [edited]', 'thinking'],
    );
  });

  it('§5: adaptive counts the messages that compile: 5 unless told; recentRatio goes before k', async () => {
    const { tract, hashes } = await numbered(7);
    await tract.annotate(hashes[6] ?? '', 'skip');
    assert.deepEqual(texts(await tract.compile({ strategy: 'adaptive' })), ['m0', 't1', 't2', 't3', 't4', 't5']);
    assert.deepEqual(texts(await tract.compile({ strategy: 'adaptive', k: 5, recentRatio: 0.5 })), [
      'm0',
      'm1',
      'm2',
      't3',
      't4',
      't5',
    ]);
  });

  it('§5: estimatedTokens is the estimate also beside a report, and the hash does not know of the report', async () => {
    const { tract } = await numbered(2);
    const before = await tract.compile();
    await tract.recordUsage({ prompt_tokens: 777, completion_tokens: 3 });
    const after = await tract.compile();
    assert.deepEqual(
      [after.tokenCount, after.tokenSource, after.estimatedTokens],
      [777, 'api:777+3', before.tokenCount],
    );
    assert.equal(after.contextHash, before.contextHash);
    assert.deepEqual(after.messages, before.messages);
  });

  it('§5: a tract whose every message is skipped compiles to nothing: 0 tokens, source ""', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.annotate(hashes[0] ?? '', 'skip');
    const { messages, tokenCount, tokenSource, commitCount } = await tract.compile();
    assert.deepEqual([messages, tokenCount, tokenSource, commitCount], [[], 0, '', 0]);
  });
});
