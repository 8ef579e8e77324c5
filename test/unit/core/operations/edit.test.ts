import assert from 'node:assert/strict';
import { EditTargetError, openStore } from '../../../../src/library.js';
import { codeOf, failure, numbered, openTract, texts } from '../support.js';

const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });

describe('edit and annotate (§2)', () => {
  it('Annex A: options of edit include those of commit: message, metadata, config, tags, timestamp', async () => {
    const { tract, hashes } = await numbered(1);
    const edit = await tract.edit(hashes[0] ?? '', say('ONE'), {
      message: 'louder',
      metadata: { author: 'Ada', source: 'test' },
      generationConfig: { model: 'm' },
      tags: ['v2'],
      timestamp: '2026-02-01T00:00:00.000001Z',
    });
    assert.deepEqual(
      [edit.operation, edit.editTarget, edit.message, edit.author, edit.generationConfig, edit.createdAt],
      ['edit', hashes[0], 'louder', 'Ada', { model: 'm' }, '2026-02-01T00:00:00.000001+00:00'],
    );
    assert.deepEqual(await tract.tags(), [{ name: 'v2', commitHash: edit.commitHash }]);
    assert.equal(await codeOf(tract.edit('HEAD~1', say('x'), { tags: ['not ok'] })), 'INVALID_TAG_NAME');
    assert.equal(tract.head, edit.commitHash);
  });

  it('§2, §3: what replaces a message must make one; a content that is none is refused', async () => {
    const { tract, hashes } = await numbered(1);
    const [target = ''] = hashes;
    for (const content of [
      { content_type: 'config', settings: {} },
      { content_type: 'metadata', kind: 'note' },
      { content_type: 'annotation', target, priority: 'skip' },
      { content_type: 'order', hashes: [target] },
    ])
      assert.ok((await failure(tract.edit(target, content))) instanceof EditTargetError, content.content_type);
    for (const content of [null, 'ONE', [], {}, { content_type: 'dialogue', role: 'user' }])
      assert.equal(await codeOf(tract.edit(target, content as object)), 'CONTENT_VALIDATION');
    assert.equal(tract.head, target);
  });

  it('§2: an empty tract has nothing to edit or annotate', async () => {
    const tract = await openTract();
    for (const target of ['HEAD', 'main', 'f'.repeat(64)]) {
      assert.equal(await codeOf(tract.edit(target, say('x'))), 'COMMIT_NOT_FOUND');
      assert.equal(await codeOf(tract.annotate(target, 'skip')), 'COMMIT_NOT_FOUND');
    }
    assert.equal(tract.head, null);
  });

  it('§2: neither an edit, an annotation, a config nor a merge can be annotated; each priority can be set', async () => {
    const { tract, hashes } = await numbered(2);
    const edit = await tract.edit(hashes[0] ?? '', say('ONE'));
    const note = await tract.annotate(hashes[0] ?? '', 'important');
    const config = await tract.commit({ content_type: 'config', settings: {} });
    await tract.branch('f', { from: hashes[0] ?? '' });
    await tract.user('aside');
    await tract.checkout('main');
    const merged = (await tract.merge('f')).commit;
    const { head } = tract;
    for (const { commitHash } of [edit, note, config, merged])
      assert.equal(await codeOf(tract.annotate(commitHash, 'skip')), 'TARGET');
    for (const priority of ['urgent', '', 'SKIP', null, 7])
      assert.equal(await codeOf(tract.annotate(hashes[0] ?? '', priority as string)), 'CONTENT_VALIDATION');
    assert.equal(tract.head, head);
    for (const priority of ['skip', 'normal', 'important', 'pinned'])
      assert.equal((await tract.annotate(hashes[0] ?? '', priority)).operation, 'annotate');
  });

  it('§2, B.5: a compressed message can be edited: its summary stays, expanded it shows the new text', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('words that are worth a summary');
    const { commit } = await tract.compress({ text: 'sum' });
    await tract.edit(commitHash, say('other words'));
    assert.deepEqual(texts(await tract.compile()), ['sum']);
    await tract.expand(commit.commitHash);
    assert.deepEqual(texts(await tract.compile()), ['other words']);
  });

  it('§2, B.5: a summary is annotated and reordered like any message', async () => {
    const tract = await openTract();
    const first = await tract.user('stays');
    await tract.user('words that are worth a summary');
    const { commit } = await tract.compress({ range: ['HEAD'], text: 'sum' });
    await tract.reorder([commit.commitHash]);
    assert.deepEqual(texts(await tract.compile()), ['sum', 'stays']);
    await tract.annotate(commit.commitHash, 'skip');
    assert.deepEqual((await tract.compile()).commitHashes, [first.commitHash]);
    await tract.annotate(commit.commitHash, 'pinned');
    assert.equal((await tract.compile()).messages[0]?.priority, 'pinned');
  });

  it('B.2: of the metadata only tool_calls, tool_call_id, name, role and path compile', async () => {
    const contextHash = async (metadata: object) => {
      const tract = await openTract();
      await tract.assistant('Hi', { metadata });
      return (await tract.compile()).contextHash;
    };
    const plain = await contextHash({});
    assert.equal(
      await contextHash({ author: 'Ada', source: 'x', content: 'no', toolCalls: [], priority: 'skip' }),
      plain,
    );
    for (const metadata of [
      { tool_calls: [{ id: '1', name: 'f', arguments: '{}' }] },
      { tool_call_id: '1' },
      { name: 'Bob' },
      { role: 'user' },
    ])
      assert.notEqual(await contextHash(metadata), plain, JSON.stringify(metadata));
  });

  it('§4: the same edit twice is two commits; with one timestamp it is the same commit again', async () => {
    const store = await openStore({ verifyCache: true });
    const tract = await store.create();
    const { commitHash } = await tract.user('one');
    const timestamp = '2026-02-01T00:00:00Z';
    const first = await tract.edit(commitHash, say('ONE'), { timestamp });
    await tract.reset('HEAD~1');
    assert.equal((await tract.edit(commitHash, say('ONE'), { timestamp })).commitHash, first.commitHash);
    assert.notEqual((await tract.edit(commitHash, say('ONE'), { timestamp })).commitHash, first.commitHash);
    assert.equal([...store.storage.commitHashes()].length, 3);
    assert.equal([...store.storage.contentSizes()].length, 2);
  });

  it('§3: the message of an annotation is one line of at most 500 characters, however long its reason', async () => {
    const { tract, hashes } = await numbered(1);
    const short = (hashes[0] ?? '').slice(0, 8);
    assert.equal((await tract.annotate('HEAD', 'pinned')).message, `pinned: ${short}`);
    const { message } = await tract.annotate('HEAD~1', 'skip', { reason: 'two\nlines' });
    assert.equal(message, `skip: ${short} (two lines)`);
    const long = await tract.annotate(hashes[0] ?? '', 'skip', { reason: 'r'.repeat(1_000_000) });
    assert.deepEqual([long.message.length, long.message.slice(-4)], [500, 'r...']);
  });
});
