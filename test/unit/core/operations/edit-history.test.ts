import assert from 'node:assert/strict';
import { InvalidArgumentError } from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

describe('edit history and restore (§8)', () => {
  it('§8: history by hash, prefix or one of its edits; restore makes a new edit; out of range is an error', async () => {
    const tract = await openTract();
    const target = (await tract.user('v0', { generationConfig: { model: 'm' } })).commitHash;
    const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
    const edit = await tract.edit(target, say('v1'));
    await tract.edit(target, say('v2'));
    for (const ref of [target, target.slice(0, 10), edit.commitHash])
      assert.deepEqual(
        (await tract.editHistory(ref)).map(({ version, text }) => `${version} ${text}`),
        ['0 v0', '1 v1', '2 v2'],
      );
    const restored = await tract.restore(target, 1);
    assert.equal(restored.message, 'restore to version 1');
    assert.equal(restored.operation, 'edit');
    assert.deepEqual((await tract.compile()).messages[0]?.content, 'v1');
    assert.equal((await tract.editHistory(target)).length, 4);
    await tract.restore(target, 0);
    assert.deepEqual((await tract.compile()).messages[0]?.generationConfig, { model: 'm' });
    const { head } = tract;
    for (const version of [-1, 5, 1.5, NaN])
      assert.ok((await failure(tract.restore(target, version))) instanceof InvalidArgumentError, String(version));
    assert.equal(tract.head, head);
  });
});
