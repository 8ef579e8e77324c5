import assert from 'node:assert/strict';
import { failure, openTract } from '../support.js';

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

  it('§8: everything asked must hold; commits of branches, tags and merged lines are found once', async () => {
    const tract = await openTract();
    const one = await tract.user('apple', { metadata: { a: 1, b: { c: [2] } }, tags: ['t'] });
    await tract.branch('f');
    const two = await tract.commit({ content_type: 'output', text: 'apple pie' });
    await tract.checkout('main');
    await tract.user('pear');
    await tract.merge('f');
    const found = async (query: Parameters<typeof tract.search>[0]) =>
      (await tract.search(query)).map(({ commitHash }) => commitHash);
    assert.deepEqual(await found('apple'), [two.commitHash, one.commitHash]);
    assert.deepEqual(await found({ text: 'apple', type: 'output' }), [two.commitHash]);
    assert.deepEqual(await found({ text: 'apple', tag: 't' }), [one.commitHash]);
    assert.deepEqual(await found({ metadata: { b: { c: [2] } } }), [one.commitHash]);
    assert.deepEqual(await found({ metadata: { a: 1, z: 1 } }), []);
    assert.deepEqual(await found({ text: 'apple', limit: 1 }), [two.commitHash]);
    assert.deepEqual(await found({ tag: 'nothing' }), []);
    assert.equal((await failure(tract.search({ branch: 'nothing' }))).name, 'BranchNotFoundError');
    assert.deepEqual(await (await openTract()).search('x'), []);
  });

  it('§8: quotes, backslashes, newlines, tabs and percent signs as they were written; any case', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('C:\\temp\t"100%_of" it\n\n  ÜBER\r\nline', { message: 'm' });
    for (const text of ['C:\\temp\t"', '"100%_of"', 'it\n\n  über\r\n', '%_', '\\t'.slice(0, 1)])
      assert.deepEqual(
        (await tract.search(text)).map((hit) => hit.commitHash),
        [commitHash],
        JSON.stringify(text),
      );
    for (const text of ['\\n', '100__of', 'it  ÜBER']) assert.deepEqual(await tract.search(text), [], text);
  });
});
