import assert from 'node:assert/strict';
import { EditTargetError, TractError, type Tract } from '../../../../src/library.js';
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
});
