import assert from 'node:assert/strict';
import { EditTargetError, openStore, TractError, type Tract } from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';

const say = (text: string, role = 'user') => ({ content_type: 'dialogue', role, text });

/** Three messages: their hashes. */
async function conversation(): Promise<{ tract: Tract; hashes: readonly string[] }> {
  const tract = await openTract();
  const hashes: string[] = [];
  for (const text of ['one', 'two', 'three']) hashes.push((await tract.user(text)).commitHash);
  return { tract, hashes };
}

describe('a context is a fold over its commits (§2)', () => {
  it('§2: an edit replaces role, text and name in the target’s position; the last one wins', async () => {
    const { tract, hashes } = await conversation();
    await tract.edit(hashes[1] ?? '', { ...say('first try'), name: 'Bob' });
    await tract.edit(hashes[1] ?? '', { ...say('TWO', 'assistant'), name: 'Eve' });
    const { messages, commitHashes } = await tract.compile();
    assert.deepEqual(commitHashes, hashes);
    assert.deepEqual(
      messages.map(({ role, content, name, edited }) => [role, content, name, edited]),
      [
        ['user', 'one', null, false],
        ['assistant', 'TWO', 'Eve', true],
        ['user', 'three', null, false],
      ],
    );
  });

  it('§2: an edit without a generation config keeps the original’s, one with its own brings it', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.assistant('a', { generationConfig: { model: 'm1', temperature: 0 } });
    await tract.edit(commitHash, say('b', 'assistant'));
    const config = async () => (await tract.compile()).messages[0]?.generationConfig;
    assert.deepEqual(await config(), { model: 'm1', temperature: 0 });
    await tract.edit(commitHash, say('c', 'assistant'), { generationConfig: { model: 'm2' } });
    assert.deepEqual(await config(), { model: 'm2' });
  });

  it('§2: the target must be in this commit’s ancestry and be a message itself → EditTargetError', async () => {
    const { tract, hashes } = await conversation();
    const edit = await tract.edit(hashes[0] ?? '', say('ONE'));
    const note = await tract.annotate(hashes[0] ?? '', 'important');
    const config = await tract.commit({ content_type: 'config', settings: { a: 1 } });
    await tract.branch('side', { from: hashes[0] ?? '' });
    const elsewhere = await tract.user('elsewhere');
    await tract.checkout('main');
    const head = tract.head;
    for (const target of [edit, note, config, elsewhere]) {
      const error = await failure(tract.edit(target.commitHash, say('no')));
      assert.ok(error instanceof EditTargetError, target.message);
      assert.equal(error.code, 'EDIT_TARGET');
    }
    assert.equal(await codeOf(tract.edit('0'.repeat(64), say('no'))), 'COMMIT_NOT_FOUND');
    assert.equal(tract.head, head);
  });

  it('§2: targets of annotate, reorder and compress must be in the ancestry too', async () => {
    const { tract, hashes } = await conversation();
    await tract.branch('side', { from: hashes[0] ?? '' });
    const { commitHash } = await tract.user('elsewhere');
    await tract.checkout('main');
    const head = tract.head;
    for (const refused of [
      tract.annotate(commitHash, 'skip'),
      tract.reorder([commitHash]),
      tract.compress({ range: [commitHash], text: 's' }),
    ])
      assert.ok((await failure(refused)) instanceof TractError);
    assert.equal(tract.head, head);
  });

  it('§2: the latest annotation wins; `skip` leaves a message out, `normal` brings it back', async () => {
    const { tract, hashes } = await conversation();
    const target = hashes[1] ?? '';
    for (const [priority, shown] of [
      ['skip', ['one', 'three']],
      ['important', ['one', 'two', 'three']],
      ['skip', ['one', 'three']],
      ['normal', ['one', 'two', 'three']],
    ] as const) {
      await tract.annotate(target, priority);
      assert.deepEqual(texts(await tract.compile()), shown, priority);
    }
    assert.equal(await codeOf(tract.annotate(target, 'urgent')), 'CONTENT_VALIDATION');
  });

  it('§2: editing a skipped commit keeps it hidden; un-skipping shows the edited text', async () => {
    const { tract, hashes } = await conversation();
    await tract.annotate(hashes[1] ?? '', 'skip');
    await tract.edit(hashes[1] ?? '', say('TWO'));
    assert.deepEqual(texts(await tract.compile()), ['one', 'three']);
    await tract.annotate(hashes[1] ?? '', 'normal');
    assert.deepEqual(texts(await tract.compile()), ['one', 'TWO', 'three']);
  });

  it('§2: priority stays the original commit’s through edits', async () => {
    const { tract, hashes } = await conversation();
    await tract.annotate(hashes[0] ?? '', 'pinned');
    await tract.edit(hashes[0] ?? '', { content_type: 'reasoning', text: 'hm' });
    const [first] = (await tract.compile()).messages;
    assert.deepEqual([first?.priority, first?.content, first?.contentType], ['pinned', 'hm', 'dialogue']);
  });

  it('§2: of two directives of one name the later visible one compiles, by its latest name', async () => {
    const tract = await openTract();
    const directive = (name: string, text: string) => ({ content_type: 'instruction', name, text });
    await tract.commit(directive('tone', 'kind'));
    const later = await tract.commit(directive('tone', 'brief'));
    assert.deepEqual(texts(await tract.compile()), ['brief']);
    await tract.annotate(later.commitHash, 'skip');
    assert.deepEqual(texts(await tract.compile()), ['kind']);
    await tract.annotate(later.commitHash, 'pinned');
    await tract.edit(later.commitHash, directive('length', 'brief'));
    assert.deepEqual(texts(await tract.compile()), ['kind', 'brief']);
  });

  it('§2: reorder: listed messages come first in that order, the rest keep theirs', async () => {
    const { tract, hashes } = await conversation();
    await tract.reorder([hashes[2] ?? '', hashes[0] ?? '']);
    await tract.user('four');
    assert.deepEqual(texts(await tract.compile()), ['three', 'one', 'two', 'four']);
  });

  it('§2: an annotation on one branch is not seen on another until it is merged', async () => {
    const { tract, hashes } = await conversation();
    await tract.branch('side');
    await tract.annotate(hashes[0] ?? '', 'skip');
    await tract.checkout('main');
    await tract.user('four');
    assert.deepEqual(texts(await tract.compile()), ['one', 'two', 'three', 'four']);
    await tract.merge('side');
    assert.deepEqual(texts(await tract.compile()), ['two', 'three', 'four']);
  });

  it('§2: going back in time is exact, whatever was done since', async () => {
    const { tract, hashes } = await conversation();
    const before = await tract.compile();
    const then = JSON.stringify([before.messages, before.contextHash, before.tokenCount]);
    await tract.edit(hashes[0] ?? '', say('ONE'));
    await tract.annotate(hashes[1] ?? '', 'skip');
    await tract.compress({ range: [hashes[2] ?? ''], text: '3' }).catch(() => undefined);
    const again = await tract.compile({ at: hashes[2] ?? '' });
    assert.equal(JSON.stringify([again.messages, again.contextHash, again.tokenCount]), then);
  });

  it('§2: neither a branch’s name nor the clock changes what a hash compiles to', async () => {
    const { tract, hashes } = await conversation();
    const { contextHash } = await tract.compile();
    await tract.branch('other');
    await tract.renameBranch('main', 'trunk');
    assert.equal((await tract.compile()).contextHash, contextHash);
    const later = await openTract({ clock: () => new Date(Date.UTC(2036, 0, 1)) });
    for (const [i, text] of ['one', 'two', 'three'].entries())
      await later.user(text, { timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, i)) });
    assert.equal((await later.compile()).contextHash, contextHash);
    assert.equal((await later.compile({ asOf: '2026-01-01T00:00:00Z' })).commitCount, 1);
    assert.equal(hashes.length, 3);
  });

  it('§2: undo is moving a ref: no commit is written and none is taken away', async () => {
    const store = await openStore({ verifyCache: true });
    const tract = await store.create();
    const one = await tract.user('one');
    const edit = await tract.edit(one.commitHash, say('ONE'));
    const all = () => [...store.storage.commitHashes()].sort();
    const before = all();
    await tract.undo();
    assert.equal(tract.head, one.commitHash);
    assert.deepEqual(texts(await tract.compile()), ['one']);
    assert.deepEqual(all(), before);
    assert.deepEqual(texts(await tract.compile({ at: edit.commitHash })), ['ONE']);
  });

  it('§2: an append stands last, also under an order of its own; what is not compiled adds no message', async () => {
    const { tract, hashes } = await conversation();
    await tract.reorder([hashes[2] ?? '']);
    await tract.commit({ content_type: 'metadata', kind: 'note' });
    await tract.commit({ content_type: 'output', text: 'four' });
    assert.deepEqual(texts(await tract.compile()), ['three', 'one', 'two', 'four']);
  });

  it('§2: neither a reorder, a merge, an expansion nor an edit of a summary can be edited → EditTargetError', async () => {
    const { tract, hashes } = await conversation();
    const reordered = (await tract.reorder([hashes[1] ?? ''])).head;
    await tract.branch('side', { from: 'HEAD~1' });
    await tract.user('aside');
    await tract.checkout('main');
    const merged = (await tract.merge('side')).commit.commitHash;
    await tract.user('a long text that is worth a summary of its own');
    const summary = (await tract.compress({ range: ['HEAD'], text: 's' })).commit.commitHash;
    const editOfSummary = (await tract.edit(summary, say('S'))).commitHash;
    const expansion = (await tract.expand(summary)).commitHash;
    const { head } = tract;
    for (const target of [reordered, merged, editOfSummary, expansion]) {
      const error = await failure(tract.edit(target, say('no')));
      assert.ok(error instanceof EditTargetError, target);
      assert.match(error.message, /Nothing was stored/);
    }
    assert.equal(tract.head, head);
  });

  it('§2: an annotation counts from here on: not in the contexts before it', async () => {
    const { tract, hashes } = await conversation();
    const before = tract.head ?? '';
    await tract.annotate(hashes[0] ?? '', 'pinned', { reason: 'the rules' });
    const priorityAt = async (at: string) => (await tract.compile({ at })).messages[0]?.priority;
    assert.deepEqual([await priorityAt(before), await priorityAt('HEAD')], ['normal', 'pinned']);
    const [note] = await tract.log({ limit: 1 });
    assert.match(note?.message ?? '', /the rules/);
  });

  it('§2: compress: the sources leave the context and stay in history; the summary stands where the first source stood', async () => {
    const tract = await openTract();
    const hashes: string[] = [];
    for (const text of ['first of all', 'second, with a few more words', 'third, with a few more words', 'last'])
      hashes.push((await tract.user(text)).commitHash);
    const before = tract.head ?? '';
    const { commit } = await tract.compress({ range: hashes.slice(1, 3), text: 'both' });
    const after = await tract.compile();
    assert.deepEqual(after.commitHashes, [hashes[0], commit.commitHash, hashes[3]]);
    assert.deepEqual((await tract.log({ operation: 'append' })).map(({ commitHash }) => commitHash).reverse(), hashes);
    assert.deepEqual(
      (await tract.search('second')).map(({ commitHash }) => commitHash),
      [hashes[1]],
    );
    assert.equal((await tract.compile({ at: before })).commitCount, 4);
  });

  it('§2: `important` is summarised like `normal`', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('a long text that is worth a summary of its own');
    await tract.annotate(commitHash, 'important');
    await tract.compress({ text: 'short' });
    assert.deepEqual(texts(await tract.compile()), ['short']);
  });

  it('§2: of a priority that nobody set the type’s default counts', async () => {
    const tract = await openTract();
    await tract.system('rules');
    await tract.user('Hi');
    await tract.commit({ content_type: 'reasoning', text: 'hm' });
    assert.deepEqual(
      (await tract.compile({ includeReasoning: true })).messages.map(({ priority }) => priority),
      ['pinned', 'normal', 'skip'],
    );
  });

  it('§2: a merge adds no message of its own', async () => {
    const { tract } = await conversation();
    await tract.branch('side');
    await tract.user('aside');
    await tract.checkout('main');
    await tract.user('here');
    const { commit } = await tract.merge('side');
    const { commitHashes } = await tract.compile();
    assert.equal(commitHashes.length, 5);
    assert.ok(!commitHashes.includes(commit.commitHash));
  });

  it('§2: targets are a commit’s own ancestry: what a branch left behind cannot be edited, annotated, reordered or compressed', async () => {
    const { tract, hashes } = await conversation();
    await tract.reset('HEAD~1');
    const lost = hashes[2] ?? '';
    const { head } = tract;
    const codes: string[] = [];
    for (const refused of [
      tract.edit(lost, say('x')),
      tract.annotate(lost, 'skip'),
      tract.reorder([lost]),
      tract.compress({ range: [lost], text: 's' }),
      tract.compress({ range: { from: hashes[0] ?? '', to: lost }, text: 's' }),
      tract.compile({ order: [lost] }),
    ])
      codes.push(await codeOf(refused));
    assert.deepEqual(codes, ['EDIT_TARGET', 'TARGET', 'TARGET', 'COMPRESSION', 'COMPRESSION', 'TARGET']);
    assert.equal(tract.head, head);
  });

  it('§2: an edit by a prefix or a ref, of a message of a merged branch too', async () => {
    const { tract } = await conversation();
    await tract.branch('side');
    const aside = await tract.user('aside');
    await tract.checkout('main');
    await tract.user('here');
    await tract.merge('side');
    await tract.edit(aside.commitHash.slice(0, 12), say('ASIDE'));
    await tract.edit('main~2', say('HERE'));
    assert.deepEqual(texts(await tract.compile()), ['one', 'two', 'three', 'HERE', 'ASIDE']);
  });
});
