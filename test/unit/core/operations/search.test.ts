import assert from 'node:assert/strict';
import { openTract } from '../support.js';

describe('search (§8)', () => {
  it('§8: search over text as the person wrote it, type, tag, branch and metadata', async () => {
    const tract = await openTract();
    const quoted = await tract.user('He said "yes"\nand left.', { metadata: { ticket: 7 }, tags: ['t'] });
    await tract.branch('f');
    const output = await tract.commit({ content_type: 'output', text: 'Yes indeed' });
    await tract.checkout('main');
    const found = async (query: Parameters<typeof tract.search>[0]) =>
      (await tract.search(query)).map(({ commitHash }) => commitHash);
    assert.deepEqual(await found('"yes"\nand'), [quoted.commitHash]);
    assert.deepEqual((await found('YES')).sort(), [quoted.commitHash, output.commitHash].sort());
    assert.deepEqual(await found({ type: 'output' }), [output.commitHash]);
    assert.deepEqual(await found({ tag: 't' }), [quoted.commitHash]);
    assert.deepEqual(await found({ text: 'yes', branch: 'main' }), [quoted.commitHash]);
    assert.deepEqual(await found({ metadata: { ticket: 7 } }), [quoted.commitHash]);
    assert.deepEqual(await found('100% _'), []);
    assert.ok((await tract.search('indeed'))[0]?.excerpt.includes('Yes indeed'));
  });
});
