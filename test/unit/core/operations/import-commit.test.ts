import assert from 'node:assert/strict';
import { ImportCommitError } from '../../../../src/library.js';
import { failure, numbered, openTract, texts } from '../support.js';
import { say } from './forked.js';

describe('import of a commit (§9.3)', () => {
  it('§9.3: import of one commit keeps its content hash; an edit without its target → ImportCommitError or an append', async () => {
    const tract = await openTract();
    await tract.user('base');
    await tract.branch('f');
    const picked = await tract.user('picked', { metadata: { author: 'Ada' }, generationConfig: { model: 'm' } });
    const edited = await tract.edit(picked.commitHash, say('picked, edited'));
    await tract.checkout('main');
    const { head } = tract;
    assert.ok((await failure(tract.importCommit(edited.commitHash))) instanceof ImportCommitError);
    assert.equal(tract.head, head);
    const appended = await tract.importCommit(edited.commitHash, { asAppend: true });
    assert.deepEqual([appended.operation, appended.contentHash], ['append', edited.contentHash]);
    const imported = await tract.importCommit(picked.commitHash);
    assert.equal(imported.contentHash, picked.contentHash);
    assert.deepEqual([imported.author, imported.generationConfig], ['Ada', { model: 'm' }]);
    assert.deepEqual(texts(await tract.compile()), ['base', 'picked, edited', 'picked']);
  });

  it('§9.3: a merge, a commit that is here already, an annotation whose target is not: ImportCommitError, nothing changes', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    const there = await tract.user('there');
    const note = await tract.annotate(there.commitHash, 'skip');
    await tract.checkout('main');
    await tract.user('here');
    await tract.branch('m');
    const merged = (await tract.merge('f')).commit;
    await tract.checkout('main');
    const { head } = tract;
    for (const ref of [merged.commitHash, 'HEAD', 'HEAD~1', note.commitHash])
      for (const options of [{}, { asAppend: true }]) {
        const error = await failure(tract.importCommit(ref, options));
        assert.ok(error instanceof ImportCommitError, ref);
        assert.match(error.message, /^Cannot import [0-9a-f]{8}: /);
      }
    assert.equal((await failure(tract.importCommit('nowhere'))).name, 'CommitNotFoundError');
    assert.equal(tract.head, head);
  });

  it('§9.3: an edit, an annotation and a compression whose targets are here come as what they are', async () => {
    const { tract, hashes } = await numbered(1);
    const long = await tract.user('words that are long enough to be worth a summary');
    await tract.branch('f');
    const edited = await tract.edit(hashes[0] ?? '', say('edited'));
    const noted = await tract.annotate(hashes[0] ?? '', 'pinned');
    const { commit: summed } = await tract.compress({ range: [long.commitHash], text: 'sum' });
    await tract.checkout('main');
    await tract.user('here');
    for (const [commit, operation] of [
      [edited, 'edit'],
      [noted, 'annotate'],
      [summed, 'compress'],
    ] as const) {
      const imported = await tract.importCommit(commit.commitHash.slice(0, 10), { asAppend: true });
      assert.deepEqual([imported.operation, imported.contentHash], [operation, commit.contentHash]);
    }
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ content, priority }) => [content, priority]),
      [
        ['edited', 'pinned'],
        ['sum', 'normal'],
        ['here', 'normal'],
      ],
    );
  });

  it('§9.3: into an empty branch of another line: message, metadata and time of the picked commit stay', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    const picked = await tract.user('picked', { message: 'why', metadata: { author: 'Ada' } });
    await tract.checkout('main');
    await tract.user('here');
    const imported = await tract.importCommit('f');
    assert.deepEqual(
      [imported.message, imported.metadata, imported.createdAt, imported.parentHash === picked.parentHash],
      [picked.message, picked.metadata, picked.createdAt, false],
    );
  });
});
