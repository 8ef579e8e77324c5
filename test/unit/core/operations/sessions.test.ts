import assert from 'node:assert/strict';
import type { Store } from '../../../../src/core/store.js';
import {
  CommitNotFoundError,
  CompressionError,
  DetachedHeadError,
  InvalidArgumentError,
  openStore,
  TractNotFoundError,
  type Tract,
} from '../../../../src/library.js';
import { failure, steadyClock, texts } from '../support.js';

async function parent(): Promise<{ store: Store; tract: Tract; hashes: readonly string[] }> {
  const store = await openStore({ verifyCache: true, clock: steadyClock() });
  const tract = await store.create({ tractId: 'parent' });
  const hashes = [
    (await tract.system('Be kind.')).commitHash,
    (await tract.user('one')).commitHash,
    (await tract.assistant('two')).commitHash,
  ];
  return { store, tract, hashes };
}

describe('sessions: spawn and collapse (§9.7)', () => {
  it('§9.7: a full child starts with the whole history; what it adds stays in it', async () => {
    const { store, tract, hashes } = await parent();
    const child = await tract.spawn({ purpose: 'look closer' });
    assert.equal(child.head, hashes[2]);
    assert.equal(child.currentBranch, 'main');
    await child.user('three');
    assert.deepEqual(texts(await child.compile()), ['Be kind.', 'one', 'two', 'three']);
    assert.deepEqual(texts(await tract.compile()), ['Be kind.', 'one', 'two']);
    assert.deepEqual(store.tracts().at(-1)?.spawn, {
      tractId: 'parent',
      commitHash: hashes[2],
      purpose: 'look closer',
      mode: 'full',
    });
  });

  it('§9.7: a snapshot child has the compiled messages as fresh commits', async () => {
    const { tract, hashes } = await parent();
    await tract.edit(hashes[1] ?? '', { content_type: 'dialogue', role: 'user', text: 'ONE' });
    await tract.annotate(hashes[2] ?? '', 'skip');
    const child = await tract.spawn({ purpose: 'look', mode: 'snapshot' });
    assert.deepEqual(texts(await child.compile()), ['Be kind.', 'ONE']);
    assert.deepEqual(
      (await child.log()).map(({ operation, metadata }) => [operation, metadata?.['spawned_from']]),
      [
        ['append', hashes[1]],
        ['append', hashes[0]],
      ],
    );
  });

  it('§9.7: an empty child has nothing; `at` chooses the commit', async () => {
    const { store, tract, hashes } = await parent();
    const empty = await tract.spawn({ purpose: 'fresh', mode: 'empty', at: 'HEAD~1' });
    assert.equal(empty.head, null);
    assert.equal(store.tracts().at(-1)?.spawn?.commitHash, hashes[1]);
    const full = await tract.spawn({ purpose: 'back', at: 'HEAD~1' });
    assert.deepEqual(texts(await full.compile()), ['Be kind.', 'one']);
  });

  it('§9.7: an unknown mode or commit makes no tract', async () => {
    const { store, tract } = await parent();
    const mode = 'half' as 'full';
    assert.ok((await failure(tract.spawn({ purpose: 'x', mode }))) instanceof InvalidArgumentError);
    assert.ok((await failure(tract.spawn({ purpose: 'x', at: 'nowhere' }))) instanceof CommitNotFoundError);
    assert.equal(store.tracts().length, 1);
  });

  it('§9.7: collapse puts the child’s summary into the parent with a link; the child stays as it is', async () => {
    const { store, tract } = await parent();
    const child = await tract.spawn({ purpose: 'look' });
    const { commitHash: last } = await child.user('three');
    const commit = await tract.collapse(child, { text: 'The child found three.' });
    assert.equal(tract.head, commit.commitHash);
    assert.deepEqual(commit.metadata, { collapsed_tract: child.tractId, collapsed_head: last });
    assert.deepEqual(texts(await tract.compile()).at(-1), 'The child found three.');
    assert.deepEqual(texts(await child.compile()).at(-1), 'three');
    assert.equal(store.tracts().find(({ tractId }) => tractId === child.tractId)?.collapsedInto, commit.commitHash);
  });

  it('§9.7: without a text a model writes the summary of what the child’s context holds', async () => {
    const { tract } = await parent();
    const child = await tract.spawn({ purpose: 'look', mode: 'empty' });
    await child.user('the child saw a river that flows to the sea, and said so at some length');
    let asked = '';
    const model = {
      id: 'm',
      async *send({ messages }: { messages: readonly object[] }) {
        await Promise.resolve();
        asked = JSON.stringify(messages);
        yield { type: 'text' as const, text: 'a river' };
      },
    };
    await tract.collapse(child.tractId, { model });
    assert.match(asked, /saw a river/);
    assert.equal(texts(await tract.compile()).at(-1), 'a river');
  });

  it('§9.7: no text and no model, an empty text, an unknown child, a detached HEAD: nothing changes', async () => {
    const { tract } = await parent();
    const child = await tract.spawn({ purpose: 'look' });
    const { head } = tract;
    const none = await failure(tract.collapse(child));
    assert.ok(none instanceof CompressionError && none.message === 'No model and no text', none.message);
    const empty = await failure(tract.collapse(child, { text: ' ' }));
    assert.ok(empty instanceof CompressionError && empty.message === 'Empty summary', empty.message);
    assert.ok((await failure(tract.collapse('nobody', { text: 'x' }))) instanceof TractNotFoundError);
    assert.equal(tract.head, head);
    await tract.checkout('HEAD~1');
    assert.ok((await failure(tract.collapse(child, { text: 'x' }))) instanceof DetachedHeadError);
  });

  it('§9.7: a child may be the parent of another; each names its own', async () => {
    const { store, tract, hashes } = await parent();
    const child = await tract.spawn({ purpose: 'look', at: 'HEAD~1' });
    const grandchild = await child.spawn({ purpose: 'look closer', mode: 'snapshot' });
    assert.deepEqual(
      store.tracts().map(({ spawn }) => spawn && [spawn.tractId, spawn.commitHash]),
      [null, ['parent', hashes[1]], [child.tractId, hashes[1]]],
    );
    await child.collapse(grandchild, { text: 'nothing more' });
    await tract.collapse(child.tractId, { text: 'nothing' });
    assert.deepEqual(texts(await tract.compile()).at(-1), 'nothing');
    assert.deepEqual(texts(await child.compile()).at(-1), 'nothing more');
  });

  it('§9.7: of an empty tract: a child with nothing; collapse is one undo entry and takes the link back', async () => {
    const store = await openStore({ verifyCache: true, clock: steadyClock() });
    const empty = await store.create();
    const child = await empty.spawn({ purpose: 'start' });
    assert.equal(child.head, null);
    await child.user('found it');
    await empty.collapse(child, { text: 'It is there.' });
    assert.deepEqual(texts(await empty.compile()), ['It is there.']);
    await empty.undo();
    assert.equal(empty.head, null);
    assert.deepEqual(texts(await child.compile()), ['found it']);
  });

  it('§9.7, §4: a full child shares the commits of its parent: none is stored twice', async () => {
    const { store, tract } = await parent();
    const count = () => [...store.storage.commitHashes()].length;
    const before = count();
    const child = await tract.spawn({ purpose: 'look' });
    assert.equal(count(), before);
    assert.equal((await child.compile()).contextHash, (await tract.compile()).contextHash);
  });
});
