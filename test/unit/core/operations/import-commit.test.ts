import assert from 'node:assert/strict';
import { ImportCommitError } from '../../../../src/library.js';
import { failure, openTract, texts } from '../support.js';
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
});
