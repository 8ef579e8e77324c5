import assert from 'node:assert/strict';
import { CompressionError, InvalidArgumentError, type Model, type Tract } from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';

const long = (name: string) => `${name}: ${'many words that can be said shorter '.repeat(3)}`;

/** Answers in turn; counts its calls and keeps what it was asked. */
function summarizer(...answers: string[]): Model & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    id: 'm',
    asked,
    async *send({ messages }) {
      await Promise.resolve();
      asked.push(JSON.stringify(messages));
      yield { type: 'text', text: answers[Math.min(asked.length, answers.length) - 1] ?? '' };
    },
  };
}

async function conversation(): Promise<{ tract: Tract; hashes: string[] }> {
  const tract = await openTract();
  const hashes: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) hashes.push((await tract.user(long(name))).commitHash);
  return { tract, hashes };
}

describe('compress (§9.4)', () => {
  it('§9.4: a list, a span, everything; tokens before and after; the last commit is returned', async () => {
    for (const [range, expected] of [
      [undefined, ['sum']],
      [
        [1, 2],
        ['a', 'sum', 'd'],
      ],
      [{ from: 0, to: 1 }, ['sum', 'c', 'd']],
      [
        [0, 2],
        ['sum', 'b', 'd'],
      ],
    ] as const) {
      const { tract, hashes } = await conversation();
      const at = (i: number) => hashes[i] ?? '';
      const refs =
        range === undefined
          ? {}
          : { range: 'from' in range ? { from: at(range.from), to: at(range.to) } : range.map(at) };
      const before = (await tract.compile()).tokenCount;
      const result = await tract.compress({ ...refs, text: 'sum' });
      const after = await tract.compile();
      assert.deepEqual(
        texts(after).map((text) => text.split(':')[0]),
        expected,
      );
      assert.deepEqual([result.tokensBefore, result.tokensAfter], [before, after.tokenCount]);
      assert.equal(result.commit.commitHash, tract.head);
      assert.deepEqual(result.summaries, [tract.head]);
      assert.equal(after.messages.find(({ content }) => content === 'sum')?.role, 'assistant');
    }
  });

  it('§9.4: pinned split into groups, skipped are dropped, an array gives one text per group', async () => {
    const { tract, hashes } = await conversation();
    await tract.annotate(hashes[1] ?? '', 'pinned');
    await tract.annotate(hashes[3] ?? '', 'skip');
    assert.ok((await failure(tract.compress({ text: ['only one'] }))) instanceof InvalidArgumentError);
    const result = await tract.compress({ text: ['s1', 's2'] });
    assert.deepEqual(texts(await tract.compile()), ['s1', long('b'), 's2']);
    assert.deepEqual(result.preserved, [hashes[1]]);
    assert.deepEqual(result.sources, [hashes[0], hashes[2]]);
  });

  it('§9.4: one given text covers the whole range and stands at the first group', async () => {
    const { tract, hashes } = await conversation();
    await tract.annotate(hashes[1] ?? '', 'pinned');
    await tract.compress({ text: 'one' });
    assert.deepEqual(texts(await tract.compile()), ['one', long('b')]);
  });

  it('§9.4: errors: nothing to compress, no model and no text, empty summary, not fewer tokens; nothing changes', async () => {
    const { tract } = await conversation();
    const { head } = tract;
    const message = async (promise: Promise<unknown>) => {
      const error = await failure(promise);
      assert.ok(error instanceof CompressionError, error.message);
      assert.equal(tract.head, head);
      return error.message;
    };
    assert.equal(await message(tract.compress({ range: [], text: 'x' })), 'Nothing to compress');
    assert.equal(await message(tract.compress()), 'No model and no text');
    assert.equal(await message(tract.compress({ text: ' ' })), 'Empty summary');
    assert.match(await message(tract.compress({ text: long('x').repeat(9) })), /tokens/);
    assert.equal((await failure((await openTract()).compress({ text: 'x' }))).message, 'Nothing to compress');
  });

  it('§9.4: only the latest text of an edited commit reaches the model, with instructions', async () => {
    const { tract, hashes } = await conversation();
    await tract.edit(hashes[0] ?? '', { content_type: 'dialogue', role: 'user', text: `${long('edited')} NEW` });
    const model = summarizer('short');
    await tract.compress({ range: [hashes[0] ?? ''], model, instructions: 'keep the names' });
    assert.equal(model.asked.length, 1);
    assert.ok(model.asked.join().includes('NEW') && model.asked.join().includes('keep the names'));
    assert.ok(!model.asked.join().includes('a: many'));
  });

  it('§9.4: a summary that misses a match is retried 3 times, then refused', async () => {
    const { tract, hashes } = await conversation();
    const retain = { match: ['ticket-7', /v\d+\.\d+/] };
    const good = summarizer('no', 'ticket-7 only', 'ticket-7 and v1.2');
    await tract.compress({ range: [hashes[0] ?? ''], model: good, retain });
    assert.equal(good.asked.length, 3);
    const bad = summarizer('never');
    const { head } = tract;
    assert.ok(
      (await failure(tract.compress({ range: [hashes[1] ?? ''], model: bad, retain }))) instanceof CompressionError,
    );
    assert.equal(bad.asked.length, 4);
    assert.equal(tract.head, head);
    await tract.annotate(hashes[1] ?? '', 'important', { retain: { match: ['exact'] } });
    assert.ok((await failure(tract.compress({ text: 'without' }))) instanceof CompressionError);
    await tract.compress({ range: [hashes[1] ?? ''], text: 'the exact one' });
  });

  it('§9.4, B.5: a summary is edited, annotated and compressed again, and expanded step by step', async () => {
    const { tract, hashes } = await conversation();
    const before = await tract.compile();
    const first = await tract.compress({ range: hashes.slice(0, 2), text: long('s').slice(0, 60) });
    await tract.edit(first.commit.commitHash, {
      content_type: 'dialogue',
      role: 'assistant',
      text: 'edited summary of a and b',
    });
    const second = await tract.compress({ range: [first.commit.commitHash, hashes[2] ?? ''], text: 'all' });
    assert.deepEqual(texts(await tract.compile()), ['all', long('d')]);
    assert.ok((await failure(tract.expand(first.commit.commitHash))) instanceof CompressionError);
    await tract.expand(second.commit.commitHash);
    assert.deepEqual(texts(await tract.compile()), ['edited summary of a and b', long('c'), long('d')]);
    await tract.expand(first.commit.commitHash);
    assert.deepEqual((await tract.compile()).messages, before.messages);
  });

  it('§8, B.5: an edited summary is restored to what it was first; its sources stay compressed', async () => {
    const tract = await openTract();
    await tract.user('a question that is long enough to be worth a summary');
    await tract.assistant('an answer that is long enough to be worth one too');
    const { commit } = await tract.compress({ text: 'summary' });
    await tract.edit(commit.commitHash, { content_type: 'dialogue', role: 'user', text: 'other words' });
    assert.deepEqual(
      (await tract.editHistory(commit.commitHash)).map(({ version, text }) => [version, text]),
      [
        [0, 'summary'],
        [1, 'other words'],
      ],
    );
    const restored = await tract.restore(commit.commitHash, 0);
    assert.deepEqual([restored.operation, restored.message], ['edit', 'restore to version 0']);
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ role, content, commitHash, edited }) => [role, content, commitHash, edited]),
      [['assistant', 'summary', commit.commitHash, true]],
    );
  });

  it('§9.4: slidingWindow keeps the last n', async () => {
    const { tract } = await conversation();
    await tract.slidingWindow(1, { text: 'before' });
    assert.deepEqual(texts(await tract.compile()), ['before', long('d')]);
    assert.equal((await failure(tract.slidingWindow(9, { text: 'x' }))).message, 'Nothing to compress');
    for (const n of [-1, 1.5, NaN])
      assert.ok((await failure(tract.slidingWindow(n, { text: 'x' }))) instanceof InvalidArgumentError);
  });

  it('§2: a directive takes its name’s place again when a later one is compressed or skipped', async () => {
    const tract = await openTract();
    await tract.commit({ content_type: 'instruction', name: 'tone', text: 'be kind' });
    const later = await tract.commit({ content_type: 'instruction', name: 'tone', text: 'be brief' });
    assert.deepEqual(texts(await tract.compile()), ['be brief']);
    await tract.annotate(later.commitHash, 'skip');
    assert.deepEqual(texts(await tract.compile()), ['be kind']);
    await tract.edit(later.commitHash, { content_type: 'instruction', name: 'format', text: 'as a list' });
    await tract.annotate(later.commitHash, 'pinned');
    assert.deepEqual(texts(await tract.compile()), ['be kind', 'as a list']);
  });

  it('§9.4, law 9: a compression that brings back an overridden directive is refused when that makes the context larger', async () => {
    const tract = await openTract();
    await tract.commit({ content_type: 'instruction', name: 'tone', text: long('be kind') });
    const later = await tract.commit({ content_type: 'instruction', name: 'tone', text: 'be brief, be plain' });
    await tract.annotate(later.commitHash, 'normal');
    const { head } = tract;
    const error = await failure(tract.compress({ range: [later.commitHash], text: 's' }));
    assert.ok(error instanceof CompressionError);
    assert.match(error.message, /an earlier directive, .* would show again/);
    assert.equal(tract.head, head);
  });

  it('§9.4: an overridden directive in the range leaves with the others, but neither its tokens count nor does a model read it', async () => {
    const tract = await openTract();
    const earlier = await tract.commit({ content_type: 'instruction', name: 'tone', text: long('overridden') });
    const later = await tract.commit({ content_type: 'instruction', name: 'tone', text: 'be brief' });
    for (const { commitHash } of [earlier, later]) await tract.annotate(commitHash, 'normal');
    assert.equal(await codeOf(tract.compress({ text: long('longer than what shows') })), 'COMPRESSION');
    const { sources } = await tract.compress({ text: 's' });
    assert.deepEqual(sources, [earlier.commitHash, later.commitHash]);
    assert.deepEqual(texts(await tract.compile()), ['s']);
  });

  it('§9.4: slidingWindow: nothing to compress when the window holds all; a bad window changes nothing', async () => {
    const { tract, hashes } = await conversation();
    const { head } = tract;
    for (const n of [4, 5, 100]) {
      const error = await failure(tract.slidingWindow(n, { text: 's' }));
      assert.ok(error instanceof CompressionError && error.message === 'Nothing to compress', error.message);
    }
    for (const n of [-1, 1.5, Number.NaN])
      assert.ok((await failure(tract.slidingWindow(n, { text: 's' }))) instanceof InvalidArgumentError);
    const none = await failure(tract.slidingWindow(1));
    assert.ok(none instanceof CompressionError && none.message === 'No model and no text', none.message);
    assert.equal(tract.head, head);
    const { sources } = await tract.slidingWindow(1, { text: 's' });
    assert.deepEqual(sources, hashes.slice(0, 3));
    await tract.slidingWindow(0, { text: 'z' });
    assert.deepEqual(texts(await tract.compile()), ['z']);
  });
});
