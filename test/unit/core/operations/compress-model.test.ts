import assert from 'node:assert/strict';
import {
  CompressionError,
  ContentValidationError,
  InvalidArgumentError,
  type Model,
  type ModelRequest,
} from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';

const long = (name: string) => `${name}: ${'many words that can be said shorter '.repeat(3)}`;

/** Answers in turn, the last one again and again; keeps what it was asked. */
function summarizer(...answers: readonly string[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    id: 'm',
    requests,
    async *send(request) {
      await Promise.resolve();
      requests.push(request);
      yield { type: 'text', text: answers[Math.min(requests.length, answers.length) - 1] ?? '' };
    },
  };
}
const asked = ({ requests }: { readonly requests: readonly ModelRequest[] }) =>
  requests.map(({ messages }) => JSON.stringify(messages));

describe('compress with a model (§9.4)', () => {
  it('§9.4: one summary per group, each of its own messages; skipped ones are not read by the model', async () => {
    const tract = await openTract();
    await tract.user(long('alpha'));
    const hidden = await tract.user(long('secret'));
    await tract.system('Rule one.');
    await tract.user(long('omega'));
    await tract.annotate(hidden.commitHash, 'skip');
    const model = summarizer('A', 'O');
    const { summaries, sources } = await tract.compress({ model });
    assert.deepEqual(texts(await tract.compile()), ['A', 'Rule one.', 'O']);
    assert.deepEqual([summaries.length, sources.length, model.requests.length], [2, 2, 2]);
    const [first = '', second = ''] = asked(model);
    assert.ok(first.includes('alpha') && !first.includes('omega') && !first.includes('secret'));
    assert.ok(second.includes('omega') && !second.includes('alpha'));
  });

  it('§9.4: what was skipped in the range stays hidden and is no source; un-skipped it shows beside the summary', async () => {
    const tract = await openTract();
    await tract.user(long('a'));
    const hidden = await tract.user('hidden');
    await tract.user(long('b'));
    await tract.annotate(hidden.commitHash, 'skip');
    await tract.compress({ text: 'sum' });
    assert.deepEqual(texts(await tract.compile()), ['sum']);
    await tract.annotate(hidden.commitHash, 'normal');
    assert.deepEqual(texts(await tract.compile()).sort(), ['hidden', 'sum']);
  });

  it('§9.4: instructions of the call, of the retention and of the annotations all reach the model', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user(long('a'));
    await tract.annotate(commitHash, 'important', { retain: { instructions: 'KEEP-FROM-ANNOTATION' } });
    const model = summarizer('s');
    await tract.compress({ model, instructions: 'KEEP-FROM-CALL', retain: { instructions: 'KEEP-FROM-RETAIN' } });
    const [text = ''] = asked(model);
    for (const part of ['KEEP-FROM-ANNOTATION', 'KEEP-FROM-CALL', 'KEEP-FROM-RETAIN'])
      assert.ok(text.includes(part), part);
  });

  it('§9.4: a match is a part of the text, in its case, or a pattern with its flags; given texts must keep it too', async () => {
    for (const [match, kept, missed] of [
      ['Ticket-7', 'see Ticket-7 here', 'see ticket-7'],
      ['a.c', 'a.c', 'abc'],
      [/v\d+\.\d+/, 'v1.2', 'v1'],
      [/ticket/i, 'TICKET', 'tocket'],
      [/^done$/m, 'x\ndone', 'not done'],
    ] as const) {
      const tract = await openTract();
      await tract.user(long('a'));
      const { head } = tract;
      const error = await failure(tract.compress({ text: missed, retain: { match: [match] } }));
      assert.ok(error instanceof CompressionError);
      assert.match(error.message, /^The summary does not keep: /);
      assert.equal(tract.head, head);
      await tract.compress({ text: kept, retain: { match: [match] } });
    }
  });

  it('§9.4: a model that misses a match is told what it missed, asked 3 times more, then refused; nothing changes', async () => {
    const tract = await openTract();
    await tract.user(long('a'));
    const { head } = tract;
    const model = summarizer('no', 'still no', 'never', 'nor now', 'ticket-7');
    const error = await failure(tract.compress({ model, retain: { match: ['ticket-7'] } }));
    assert.ok(error instanceof CompressionError);
    assert.equal(model.requests.length, 4);
    assert.ok(asked(model)[1]?.includes('ticket-7'));
    assert.equal(tract.head, head);
  });

  it('§9.4: an empty answer of the model is `Empty summary`; one that is not smaller is refused', async () => {
    const tract = await openTract();
    await tract.user('short words');
    const { head } = tract;
    assert.equal((await failure(tract.compress({ model: summarizer(' \n') }))).message, 'Empty summary');
    assert.match(
      (await failure(tract.compress({ model: summarizer(long('b')) }))).message,
      /would not make the context smaller/,
    );
    assert.equal(tract.head, head);
  });

  it('§9.4: fewer tokens than the sources’ messages together: as many are refused, one fewer is taken', async () => {
    // A message of one token has 5: 3, its role, its text.
    for (const [text, taken] of [
      ['Hello Hello Hello', false],
      ['Hello Hello', true],
    ] as const) {
      const tract = await openTract();
      await tract.user('Hello Hello Hello');
      const attempt = tract.compress({ text });
      if (taken) assert.equal((await attempt).tokensAfter, 6 + 3);
      else assert.match((await failure(attempt)).message, /^The summary has 7 tokens and its 1 sources 7/);
    }
    const two = await openTract();
    await two.user('Hello');
    await two.user('Hello');
    // 5 + 5 against 9.
    assert.equal((await two.compress({ text: 'Hello Hello Hello Hello Hello' })).tokensAfter, 9 + 3);
  });

  it('§9.4: runs over an edited system prompt, once it is no longer pinned: its latest text is what is summarised', async () => {
    const tract = await openTract();
    const prompt = await tract.system(long('old rules'));
    await tract.user(long('question'));
    await tract.edit(prompt.commitHash, { content_type: 'instruction', text: long('new rules') });
    const pinned = await tract.compress({ text: 'q' });
    assert.deepEqual([pinned.preserved, texts(await tract.compile())], [[prompt.commitHash], [long('new rules'), 'q']]);
    await tract.annotate(prompt.commitHash, 'normal');
    const model = summarizer('rules and q');
    await tract.compress({ model });
    assert.ok(asked(model)[0]?.includes('new rules') && !asked(model)[0]?.includes('old rules'));
    assert.deepEqual(texts(await tract.compile()), ['rules and q']);
  });

  it('§9.4: a range by refs, prefixes, tags and edits; backwards, unknown, hidden or not of this branch: an error', async () => {
    const tract = await openTract();
    const a = await tract.user(long('a'));
    const b = await tract.user(long('b'), { tags: ['b'] });
    const c = await tract.user(long('c'));
    const edit = await tract.edit(a.commitHash, { content_type: 'dialogue', role: 'user', text: long('A') });
    const note = await tract.annotate(b.commitHash, 'important');
    const { head } = tract;
    const codes: string[] = [];
    for (const range of [
      { from: c.commitHash, to: a.commitHash },
      { from: 'nowhere', to: 'b' },
      ['nowhere'],
      [note.commitHash],
      [],
    ])
      codes.push(await codeOf(tract.compress({ range, text: 's' })));
    assert.deepEqual(codes, ['INVALID_ARGUMENT', 'COMMIT_NOT_FOUND', 'COMMIT_NOT_FOUND', 'COMPRESSION', 'COMPRESSION']);
    assert.equal(tract.head, head);
    await tract.compress({ range: { from: edit.commitHash.slice(0, 10), to: 'b' }, text: 'ab' });
    assert.deepEqual(texts(await tract.compile()), ['ab', long('c')]);
    assert.equal(await codeOf(tract.compress({ range: [a.commitHash], text: 's' })), 'COMPRESSION');
  });

  it('§9.4: a range of pinned or skipped messages alone: `Nothing to compress`', async () => {
    const tract = await openTract();
    const pinned = await tract.system('Rule.');
    const hidden = await tract.user('hidden');
    await tract.annotate(hidden.commitHash, 'skip');
    for (const range of [undefined, [pinned.commitHash], [hidden.commitHash]])
      assert.equal(
        (await failure(tract.compress({ ...(range ? { range } : {}), text: 's' }))).message,
        'Nothing to compress',
      );
  });

  it('§9.4: across a merge: messages of both lines become one summary, later ones stay', async () => {
    const tract = await openTract();
    await tract.user(long('base'));
    await tract.branch('f');
    await tract.user(long('theirs'));
    await tract.checkout('main');
    await tract.user(long('ours'));
    await tract.merge('f');
    await tract.user('after');
    await tract.compress({ range: { from: 'main~3', to: 'f' }, text: 'all of it' });
    assert.deepEqual(texts(await tract.compile()), ['all of it', 'after']);
  });

  it('§9.4: texts of the wrong number, retention that is none: refused before a model is asked', async () => {
    const tract = await openTract();
    await tract.user(long('a'));
    const model = summarizer('s');
    const { head } = tract;
    assert.ok((await failure(tract.compress({ text: ['a', 'b'] }))) instanceof InvalidArgumentError);
    assert.ok((await failure(tract.compress({ text: [] }))) instanceof InvalidArgumentError);
    for (const match of [[''], [new RegExp('x'.repeat(501))]])
      assert.ok((await failure(tract.compress({ model, retain: { match } }))) instanceof ContentValidationError);
    assert.deepEqual([model.requests, tract.head], [[], head]);
  });

  it('§9.4, §17: a pattern that would run for hours is ended and said; nothing changes', async () => {
    const tract = await openTract();
    await tract.user(long('a'));
    const { head } = tract;
    const error = await failure(tract.compress({ text: `${'a'.repeat(60)}b`, retain: { match: [/^(a+)+$/] } }));
    assert.ok(error instanceof CompressionError);
    assert.match(error.message, /^The pattern \/\^\(a\+\)\+\$\/ takes too long to look for\. Nothing was changed/);
    assert.equal(tract.head, head);
  });

  it('§9.4: an expansion of what is none, of what was expanded, of another branch: an error, nothing changes', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user(long('a'));
    await tract.branch('f');
    const elsewhere = (await tract.compress({ text: 'there' })).commit.commitHash;
    await tract.checkout('main');
    const { commit } = await tract.compress({ text: 'here' });
    await tract.expand(commit.commitHash.slice(0, 8));
    const { head } = tract;
    const codes: string[] = [];
    for (const ref of [commitHash, commit.commitHash, elsewhere, 'HEAD', 'nowhere'])
      codes.push(await codeOf(tract.expand(ref)));
    assert.deepEqual(codes, ['COMPRESSION', 'COMPRESSION', 'TARGET', 'TARGET', 'COMMIT_NOT_FOUND']);
    assert.equal(tract.head, head);
    assert.deepEqual(texts(await tract.compile()), [long('a')]);
  });

  it('§9.4: slidingWindow counts messages that show, splits at pinned ones and takes a model', async () => {
    const tract = await openTract();
    await tract.user(long('a'));
    await tract.system('Rule.');
    await tract.user(long('b'));
    const hidden = await tract.user('hidden');
    await tract.annotate(hidden.commitHash, 'skip');
    await tract.user('last');
    const model = summarizer('A', 'B');
    await tract.slidingWindow(1, { model });
    assert.deepEqual(texts(await tract.compile()), ['A', 'Rule.', 'B', 'last']);
  });
});
