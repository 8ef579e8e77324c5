import assert from 'node:assert/strict';
import { CommitNotFoundError, RebaseError } from '../../../../src/library.js';
import { failure, numbered, openTract, texts } from '../support.js';
import { add, forked, say } from './forked.js';

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

  it('§9.3: onto a descendant the branch moves there; onto what it holds 0 are replayed and nothing moves', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.branch('f', { from: hashes[0] ?? '' });
    const forward = await tract.rebase('main');
    assert.deepEqual([forward.replayed, forward.head, tract.head], [0, hashes[2], hashes[2]]);
    for (const onto of ['HEAD', 'main', 'HEAD~1', hashes[0] ?? '']) {
      assert.deepEqual(await tract.rebase(onto), { replayed: 0, head: hashes[2] });
      assert.deepEqual([tract.head, tract.currentBranch], [hashes[2], 'f']);
    }
  });

  it('§9.3: an unknown ref, an empty tract: an error, and nothing moves', async () => {
    const { tract, hashes } = await numbered(1);
    assert.equal((await failure(tract.rebase('nowhere'))).name, 'CommitNotFoundError');
    assert.equal(tract.head, hashes[0]);
    assert.ok((await failure((await openTract()).rebase('main'))) instanceof CommitNotFoundError);
  });

  it('§9.3: ORIG_HEAD is where the branch stood; the commits before stay and compile as they did', async () => {
    const { tract } = await forked(add('ours'), add('theirs'));
    const before = tract.head ?? '';
    const { replayed } = await tract.rebase('f');
    assert.equal(replayed, 1);
    assert.deepEqual(texts(await tract.compile()), ['original', 'theirs', 'ours']);
    assert.equal(await tract.resolveCommit('ORIG_HEAD'), before);
    assert.deepEqual(texts(await tract.compile({ at: before })), ['original', 'ours']);
  });

  it('§9.3: an edit of a message before the fork keeps its target; reorders and expansions are retargeted', async () => {
    const tract = await openTract();
    const base = await tract.user('base');
    await tract.branch('f');
    await tract.edit(base.commitHash, say('BASE'));
    const a = await tract.user('a, with words that are worth a summary');
    const b = await tract.user('b');
    const { commit } = await tract.compress({ range: [a.commitHash], text: 'sum' });
    await tract.expand(commit.commitHash);
    await tract.reorder([b.commitHash]);
    await tract.annotate(b.commitHash, 'important', { retain: { match: ['b'] } });
    await tract.checkout('main');
    await tract.user('main went on');
    await tract.checkout('f');
    const before = texts(await tract.compile());
    assert.deepEqual(before, ['b', 'BASE', 'a, with words that are worth a summary']);
    await tract.rebase('main');
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ content, priority }) => [content, priority]),
      [
        ['b', 'important'],
        ['BASE', 'normal'],
        ['main went on', 'normal'],
        ['a, with words that are worth a summary', 'normal'],
      ],
    );
  });

  it('§9.3, §8: a rebase with its tags is one entry; several tags of one commit all follow', async () => {
    const { tract } = await forked(async (on) => {
      const { commitHash } = await on.user('ours');
      for (const name of ['x', 'y']) await on.tag(name, commitHash);
    }, add('theirs'));
    const before = await tract.tags();
    await tract.rebase('f');
    for (const { commitHash } of await tract.tags()) assert.equal(commitHash, tract.head);
    await tract.undo();
    assert.deepEqual(await tract.tags(), before);
  });

  it('§9.3: message, metadata, generation config and time of a replayed commit stay', async () => {
    const { tract } = await forked(
      (on) => on.user('ours', { message: 'why', metadata: { author: 'Ada' }, generationConfig: { model: 'm' } }),
      add('theirs'),
    );
    const [before] = await tract.log({ limit: 1 });
    await tract.rebase('f');
    const [after] = await tract.log({ limit: 1 });
    assert.ok(before && after);
    assert.notEqual(after.commitHash, before.commitHash);
    assert.deepEqual(
      [after.message, after.metadata, after.generationConfig, after.createdAt, after.contentHash, after.tokenCount],
      [
        before.message,
        before.metadata,
        before.generationConfig,
        before.createdAt,
        before.contentHash,
        before.tokenCount,
      ],
    );
  });
});
