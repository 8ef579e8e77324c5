import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, Tract } from '../../../../src/library.js';
import { openTract, texts } from '../support.js';

async function healthy() {
  const store = await openStore();
  const tract = await store.create({ tractId: 't' });
  const { contentHash, commitHash } = await tract.user('Hi');
  await tract.assistant('Hello');
  return { store, tract, contentHash, commitHash };
}

describe('doctor and export (§9.8)', () => {
  it('§9.8: a healthy store has nothing to say', async () => {
    const { tract } = await healthy();
    assert.deepEqual(await tract.doctor(), { ok: true, problems: [] });
  });

  it('§9.8: rehashes every object: a changed text is found', async () => {
    const { store, contentHash, commitHash } = await healthy();
    const { storage } = store;
    const read = storage.contents.bind(storage);
    storage.contents = async (hashes) => {
      const found = new Map(await read(hashes));
      if (found.has(contentHash)) found.set(contentHash, '{"content_type":"dialogue","text":"Ho"}');
      return found;
    };
    const { ok, problems } = await store.doctor();
    assert.equal(ok, false);
    const [problem] = problems.filter(({ code }) => code === 'CONTENT_HASH');
    assert.equal(problem?.severity, 'error');
    assert.equal(problem.repaired, false);
    assert.ok(problem.detail.includes(commitHash.slice(0, 8)));
  });

  it('§9.8: rehashes every object: a changed commit and a missing content are found', async () => {
    const { store, commitHash, contentHash } = await healthy();
    const { storage } = store;
    const read = storage.commit.bind(storage);
    storage.commit = (hash) => {
      const commit = read(hash);
      return commit && hash === commitHash ? { ...commit, timestampIso: '2020-01-01T00:00:00+00:00' } : commit;
    };
    const contents = storage.contents.bind(storage);
    storage.contents = (hashes) => contents(hashes.filter((hash) => hash !== contentHash));
    const codes = (await store.doctor()).problems.map(({ code }) => code);
    assert.ok(codes.includes('COMMIT_HASH'), codes.join());
    assert.ok(codes.includes('MISSING_CONTENT'), codes.join());
  });

  it('§9.8: repairs what is safe: a memory of a position that is gone; a branch that points nowhere is listed', async () => {
    const { store, tract } = await healthy();
    const gone = 'f'.repeat(64);
    await store.storage.write([
      { kind: 'ref', tractId: 't', name: 'ORIG_HEAD', value: gone },
      { kind: 'ref', tractId: 't', name: 'refs/heads/broken', value: gone },
    ]);
    const { ok, problems } = await tract.doctor();
    assert.equal(ok, false);
    assert.deepEqual(
      problems.map(({ severity, code, repaired }) => [severity, code, repaired]),
      [
        ['warning', 'DANGLING_REF', true],
        ['error', 'DANGLING_REF', false],
      ],
    );
    assert.equal(store.storage.ref('t', 'ORIG_HEAD'), undefined);
    assert.deepEqual(texts(await tract.compile()), ['Hi', 'Hello']);
  });

  it('§9.8: export is lossless as one file: same hashes, graph, tags and records', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-export-test-'));
    const file = join(folder, 'one.tract');
    const model = {
      id: 'm',
      async *send() {
        await Promise.resolve();
        yield { type: 'text' as const, text: 'answer' };
      },
    };
    const tract = await openTract({ model });
    const first = await tract.user('one\n"quoted" \u0000 😀', { metadata: { author: 'me', n: 1 } });
    await tract.tag('v1');
    await tract.edit(first.commitHash, { content_type: 'dialogue', role: 'user', text: 'ONE' });
    await tract.branch('side');
    await tract.chat('two');
    await tract.checkout('main');
    await tract.user('three');
    await tract.merge('side');
    await tract.exportTo(file);
    const imported = await Tract.importFrom(file);
    assert.equal(imported.tractId, tract.tractId);
    assert.equal(imported.head, tract.head);
    assert.deepEqual(await imported.tags(), await tract.tags());
    assert.deepEqual([...(await imported.log({ limit: 99 }))], [...(await tract.log({ limit: 99 }))]);
    assert.deepEqual(await imported.compileRecords(), await tract.compileRecords());
    assert.equal((await imported.compile()).contextHash, (await tract.compile()).contextHash);
    assert.deepEqual(await imported.doctor(), { ok: true, problems: [] });
    await rm(folder, { recursive: true });
  });
});
