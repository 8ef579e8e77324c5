import assert from 'node:assert/strict';
import type { Store } from '../../../../src/core/store.js';
import { InvalidArgumentError, openStore, type Tract } from '../../../../src/library.js';
import { failure, texts } from '../support.js';

const DAY = 86_400_000;

/** A store whose clock goes by hand, with `kept` and, no longer on the branch, `lost`. */
async function withLostCommit(): Promise<{
  store: Store;
  tract: Tract;
  lost: string;
  days: (count: number) => void;
}> {
  let now = Date.UTC(2026, 0, 1);
  const store = await openStore({ verifyCache: true, clock: () => new Date((now += 1_000)) });
  const tract = await store.create({ tractId: 't' });
  await tract.user('kept');
  const lost = (await tract.user('lost')).commitHash;
  await tract.reset('HEAD~1');
  return {
    store,
    tract,
    lost,
    days: (count) => {
      now += count * DAY;
    },
  };
}

/** Takes away what remembers the lost commit: ORIG_HEAD and PREV_HEAD move on with every reset. */
async function forget(tract: Tract): Promise<void> {
  await tract.reset('HEAD');
}

const hashes = async (tract: Tract, options: Parameters<Tract['gc']>[0]) =>
  (await tract.gc(options)).removed.map(({ commitHash }) => commitHash);

describe('garbage collection (§9.6)', () => {
  it('§9.6: never by default', async () => {
    const { store, tract, lost, days } = await withLostCommit();
    await forget(tract);
    days(10_000);
    assert.deepEqual(await tract.gc(), { removed: [], dryRun: false });
    assert.ok(store.storage.commit(lost));
  });

  it('§9.6: the dry run lists what would go, with sizes, and removes nothing', async () => {
    const { store, tract, lost, days } = await withLostCommit();
    await forget(tract);
    days(31);
    const bytes = Buffer.byteLength('{"content_type":"dialogue","name":null,"role":"user","text":"lost"}');
    assert.deepEqual(await tract.gc({ dryRun: true, olderThanDays: 30 }), {
      removed: [{ commitHash: lost, bytes }],
      dryRun: true,
    });
    assert.ok(store.storage.commit(lost));
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), [lost]);
    assert.equal(store.storage.commit(lost), undefined);
    assert.deepEqual(texts(await tract.compile()), ['kept']);
  });

  it('§9.6: ref-log entries protect while younger than the retention', async () => {
    const { tract, lost, days } = await withLostCommit();
    await forget(tract);
    days(29);
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), []);
    days(2);
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), [lost]);
  });

  it('§9.6: age counts from when a commit became unreachable, not from when it was made', async () => {
    const { tract, lost, days } = await withLostCommit();
    await tract.tag('keep', lost);
    await forget(tract);
    days(100);
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), []);
    await tract.untag('keep');
    days(29);
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), []);
    days(2);
    assert.deepEqual(await hashes(tract, { olderThanDays: 30 }), [lost]);
  });

  it('§9.6: HEAD, ORIG_HEAD and PREV_HEAD always protect', async () => {
    const { tract, lost, days } = await withLostCommit();
    days(100);
    assert.equal(await tract.resolveCommit('ORIG_HEAD'), lost);
    assert.deepEqual(await hashes(tract, { olderThanDays: 0 }), []);
    await tract.checkout(lost);
    await tract.reset('HEAD');
    days(100);
    assert.deepEqual(await hashes(tract, { olderThanDays: 0 }), []);
    assert.deepEqual(texts(await tract.compile()), ['kept', 'lost']);
  });

  it('§9.6: branches, tags and spawn links protect, with all their ancestors', async () => {
    const { tract, lost, days } = await withLostCommit();
    await tract.branch('b', { from: lost, checkout: false });
    await forget(tract);
    days(100);
    assert.deepEqual(await hashes(tract, { olderThanDays: 1 }), []);
    const child = await tract.spawn({ at: 'b', purpose: 'look', mode: 'empty' });
    await tract.deleteBranch('b', { force: true });
    days(100);
    assert.deepEqual(await hashes(tract, { olderThanDays: 1 }), []);
    assert.equal(child.head, null);
  });

  it('§9.6: records protect: every kept one still reproduces afterwards', async () => {
    let now = Date.UTC(2026, 0, 1);
    const model = {
      id: 'm',
      async *send() {
        await Promise.resolve();
        yield { type: 'text' as const, text: 'answer' };
      },
    };
    const store = await openStore({ model, clock: () => new Date((now += 1_000)) });
    const tract = await store.create({ tractId: 't' });
    await tract.user('one');
    const { record } = await tract.chat('two');
    const unsent = (await tract.user('never sent')).commitHash;
    await tract.reset('HEAD~3');
    await forget(tract);
    now += 100 * DAY;
    assert.deepEqual(await hashes(tract, { olderThanDays: 1 }), [unsent]);
    const context = await (await tract.compileRecord(record.id))?.reproduce();
    assert.deepEqual(context && texts(context), ['one', 'two']);
    assert.equal(context?.contextHash, record.contextHash);
  });

  it('§9.6: a content that a kept commit shares stays, and frees no bytes', async () => {
    const { store, tract, days } = await withLostCommit();
    const again = (await tract.user('kept')).commitHash;
    await tract.reset('HEAD~1');
    await forget(tract);
    days(100);
    const { removed } = await tract.gc({ olderThanDays: 1 });
    assert.deepEqual(removed.find(({ commitHash }) => commitHash === again)?.bytes, 0);
    assert.deepEqual(texts(await tract.compile()), ['kept']);
    assert.equal((await store.doctor()).ok, true);
  });

  for (const olderThanDays of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`Annex A: olderThanDays ${olderThanDays} is refused`, async () => {
      const { tract } = await withLostCommit();
      assert.ok((await failure(tract.gc({ olderThanDays }))) instanceof InvalidArgumentError);
      assert.ok((await failure(tract.gc({ olderThanDays, dryRun: true }))) instanceof InvalidArgumentError);
    });
  }

  it('§9.6: ref-log entries older than the retention are dropped first, so that what they alone held goes at once', async () => {
    const { store, tract, lost, days } = await withLostCommit();
    await forget(tract);
    const entries = () => store.storage.refLog('t', { limit: 99 }).map(({ action }) => action);
    assert.deepEqual(entries(), ['reset', 'reset', 'commit', 'commit']);
    days(31);
    await tract.user('young');
    assert.deepEqual(await hashes(tract, { dryRun: true, olderThanDays: 30 }), [lost]);
    assert.equal(entries().length, 5, 'a dry run drops nothing');
    await tract.gc({ olderThanDays: 30 });
    assert.deepEqual(entries(), ['commit']);
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()), ['kept']);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
    assert.equal((await store.doctor()).ok, true);
  });

  it('§9.6, §9.5: tags protect, on a branch of no name too; untagged, undo still protects while it is young', async () => {
    const { tract, lost, days } = await withLostCommit();
    await tract.tag('keep', lost);
    await forget(tract);
    days(1_000);
    assert.deepEqual(await hashes(tract, { olderThanDays: 0 }), []);
    await tract.untag('keep');
    assert.deepEqual(await hashes(tract, { olderThanDays: 1 }), []);
    assert.deepEqual(await hashes(tract, { olderThanDays: 0 }), [lost]);
  });

  it('§9.6: what a redo would bring back stays while its entry is young', async () => {
    const { store, tract, days } = await withLostCommit();
    const redone = (await tract.user('undone')).commitHash;
    await tract.undo();
    days(10);
    assert.ok(!(await hashes(tract, { olderThanDays: 30 })).includes(redone));
    await tract.redo();
    assert.equal(tract.head, redone);
    assert.ok(store.storage.commit(redone));
  });

  it('§9.6: a commit of another tract of the store stays', async () => {
    const { store, tract, days } = await withLostCommit();
    const other = await store.create({ tractId: 'other' });
    const theirs = (await other.user('theirs')).commitHash;
    await forget(tract);
    days(100);
    assert.ok(!(await hashes(tract, { olderThanDays: 0 })).includes(theirs));
    assert.deepEqual(texts(await other.compile()), ['theirs']);
  });

  it('§9.6: an empty store, and a second run: nothing to remove', async () => {
    const store = await openStore();
    const empty = await store.create();
    assert.deepEqual(await empty.gc({ olderThanDays: 0 }), { removed: [], dryRun: false });
    const { tract, days } = await withLostCommit();
    await forget(tract);
    days(100);
    assert.equal((await tract.gc({ olderThanDays: 1 })).removed.length, 1);
    assert.deepEqual((await tract.gc({ olderThanDays: 1 })).removed, []);
  });
});
