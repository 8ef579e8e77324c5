import assert from 'node:assert/strict';
import { RebaseError } from '../../../../src/library.js';
import { failure, openTract, texts } from '../support.js';
import { forked, add, say } from './forked.js';

describe('rebase (§9.3)', () => {
  it('§9.3: edits, annotations and compressions are retargeted; content hashes and order stay; tags follow', async () => {
    const tract = await openTract();
    await tract.user('base');
    await tract.branch('f');
    const a = await tract.user('a, with a few words to compress');
    const b = await tract.user('b');
    const c = await tract.user('c');
    await tract.edit(b.commitHash, say('b edited'));
    await tract.annotate(c.commitHash, 'pinned');
    await tract.compress({ range: [a.commitHash], text: 'a' });
    await tract.tag('on-b', b.commitHash);
    const before = await tract.compile();
    await tract.checkout('main');
    await tract.user('main went on');
    await tract.checkout('f');
    const { replayed, head } = await tract.rebase('main');
    assert.deepEqual([replayed, tract.head], [6, head]);
    const after = await tract.compile();
    assert.deepEqual(texts(after), ['base', 'main went on', 'a', 'b edited', 'c']);
    assert.deepEqual(
      after.messages.slice(2).map(({ priority, edited }) => [priority, edited]),
      before.messages.slice(1).map(({ priority, edited }) => [priority, edited]),
    );
    assert.equal(await tract.resolveCommit('on-b'), after.commitHashes[3]);
    assert.notEqual(await tract.resolveCommit('on-b'), b.commitHash);
    const log = await tract.log({ limit: 100 });
    assert.equal(log.find(({ commitHash }) => commitHash === after.commitHashes[3])?.contentHash, b.contentHash);
    assert.equal(log.find(({ message }) => message === 'c')?.createdAt, c.createdAt);
  });

  it('§9.3: merges in range → RebaseError and nothing moves; nothing to do → 0 replayed', async () => {
    const { tract } = await forked(add('ours'), add('theirs'));
    assert.equal((await tract.rebase('HEAD~1')).replayed, 0);
    await tract.branch('g', { from: 'HEAD~1', checkout: false });
    await tract.merge('f');
    const { head } = tract;
    await tract.checkout('g');
    await tract.user('on g');
    await tract.checkout('main');
    assert.ok((await failure(tract.rebase('g'))) instanceof RebaseError);
    assert.equal(tract.head, head);
  });
});
