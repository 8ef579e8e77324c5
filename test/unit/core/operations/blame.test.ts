import assert from 'node:assert/strict';
import { failure, openTract } from '../support.js';

describe('blame (§8)', () => {
  it('§8: blame names the commit of each message, its edits, who and when', async () => {
    const tract = await openTract();
    const first = await tract.user('a', { metadata: { author: 'Ada' } });
    const second = await tract.assistant('b', { generationConfig: { model: 'gpt-4o' } });
    const edit = await tract.edit(
      first.commitHash,
      { content_type: 'dialogue', role: 'user', text: 'c' },
      { metadata: { author: 'Bob' } },
    );
    assert.deepEqual(await tract.blame(), [
      { commitHash: first.commitHash, edits: [edit.commitHash], createdAt: edit.createdAt, author: 'Bob' },
      { commitHash: second.commitHash, edits: [], createdAt: second.createdAt, author: 'gpt-4o' },
    ]);
  });

  it('§8: at any ref; of a summary the compression; of nothing nothing', async () => {
    const tract = await openTract();
    assert.deepEqual(await tract.blame(), []);
    const first = await tract.user('a few words that are worth a summary');
    const { commit } = await tract.compress({ text: 's' });
    assert.deepEqual(await tract.blame(), [
      { commitHash: commit.commitHash, edits: [], createdAt: commit.createdAt, author: commit.author },
    ]);
    assert.deepEqual(
      (await tract.blame({ at: 'HEAD~1' })).map(({ commitHash }) => commitHash),
      [first.commitHash],
    );
    assert.equal((await failure(tract.blame({ at: 'nowhere' }))).name, 'CommitNotFoundError');
  });
});
