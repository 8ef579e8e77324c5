import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash, FormatError, openStore, Tract } from '../../../../src/library.js';
import { failure, openTract, texts } from '../support.js';

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

  it('§9.8: checks parents: one that is not there is named', async () => {
    const { store, tract } = await healthy();
    const { storage } = store;
    const read = storage.commit.bind(storage);
    const [{ commitHash: head }] = (await tract.log({ limit: 1 })) as unknown as [{ commitHash: string }];
    const gone = 'e'.repeat(64);
    storage.commit = (hash) => {
      const commit = read(hash);
      return commit && hash === head ? { ...commit, extraParents: [gone] } : commit;
    };
    const problems = (await store.doctor()).problems.filter(({ code }) => code === 'MISSING_PARENT');
    assert.deepEqual(
      problems.map(({ severity, detail, repaired }) => [severity, detail, repaired]),
      [['error', `The parent eeeeeeee of commit ${head.slice(0, 8)} is not there.`, false]],
    );
  });

  it('§9.8: checks records: one whose head is not there is named', async () => {
    const { store, tract } = await healthy();
    const model = {
      id: 'm',
      async *send() {
        await Promise.resolve();
        yield { type: 'text' as const, text: 'answer' };
      },
    };
    const { record } = await tract.generate({ model });
    const { storage } = store;
    const read = storage.records.bind(storage);
    storage.records = (tractId, page) => read(tractId, page).map((row) => ({ ...row, headHash: 'd'.repeat(64) }));
    const { ok, problems } = await store.doctor();
    assert.equal(ok, false);
    assert.deepEqual(
      problems.map(({ code, detail }) => [code, detail]),
      [['RECORD_WITHOUT_HEAD', `Record ${record.id} was compiled from dddddddd, which is not there.`]],
    );
  });

  it('§9.8: an edit whose target is not in its history is listed; it has no effect and breaks nothing', async () => {
    const { store, commitHash } = await healthy();
    const { storage } = store;
    const elsewhere = await store.create({ tractId: 'elsewhere' });
    const other = await elsewhere.user('there');
    const edit = await elsewhere.edit(other.commitHash, { content_type: 'output', text: 'x' });
    const read = storage.commit.bind(storage);
    storage.commit = (hash) => {
      const commit = read(hash);
      return commit && hash === edit.commitHash ? { ...commit, editTarget: commitHash } : commit;
    };
    const codes = (await store.doctor()).problems.map(({ severity, code }) => [severity, code]);
    assert.ok(
      codes.some(([severity, code]) => severity === 'warning' && code === 'EDIT_WITHOUT_EFFECT'),
      codes.join(' '),
    );
  });

  it('§9.8: what is wrong with a file is told: none, another format, one that was cut off, a changed text; nothing is imported', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-export-test-'));
    const file = join(folder, 'one.tract');
    const tract = await openTract();
    await tract.user('one');
    await tract.user('two');
    await tract.exportTo(file);
    const whole = await readFile(file, 'utf8');
    const store = await openStore();
    const refused = async (text: string | null) => {
      const path = join(folder, 'bad.tract');
      await rm(path, { force: true });
      if (text !== null) await writeFile(path, text);
      const error = await failure(store.importTract(path));
      assert.ok(error instanceof FormatError, `${String(text).slice(0, 40)}: ${String(error)}`);
      assert.match(error.message, /[Nn]othing/);
      assert.deepEqual(store.tracts(), []);
      assert.deepEqual([...store.storage.commitHashes()], []);
    };
    for (const text of [null, '', 'hello', '{}', '[]', 'null', whole.slice(0, -20), whole.replace('one', 'One')])
      await refused(text);
    const lines = whole.trimEnd().split('\n');
    for (let kept = 1; kept < lines.length; kept++) await refused(lines.slice(0, kept).join('\n'));
    await refused([...lines.slice(0, 3), ...lines.slice(4)].join('\n'));
    await refused(`${whole}${lines.at(-2) ?? ''}\n`);
    assert.equal((await store.importTract(file)).head, tract.head);
    await rm(folder, { recursive: true });
  });

  it('§9.8: an export imports anywhere: beside other tracts, into a folder, twice without adding anything', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-export-test-'));
    const file = join(folder, 'one.tract');
    const tract = await openTract();
    await tract.user('one');
    await tract.branch('f');
    await tract.checkout('HEAD');
    await tract.exportTo(file);
    const imported = await Tract.importFrom(file, { directory: join(folder, 'store') });
    assert.deepEqual([imported.head, imported.isDetached], [tract.head, true]);
    await imported.close();
    const store = await openStore({ directory: join(folder, 'store') });
    await (await store.create({ tractId: 'other' })).user('other');
    await store.importTract(file);
    assert.equal(store.tracts().length, 2);
    assert.deepEqual(await store.tract(tract.tractId).branches(), await tract.branches());
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('§9.8: an empty tract exports and imports as one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-export-test-'));
    const tract = await openTract();
    await tract.exportTo(join(folder, 'empty'));
    const imported = await Tract.importFrom(join(folder, 'empty'));
    assert.deepEqual([imported.tractId, imported.head], [tract.tractId, null]);
    await imported.user('first');
    assert.equal(imported.currentBranch, 'main');
    await rm(folder, { recursive: true });
  });

  it('§9.8: stray rows: a text that no commit holds is listed and kept', async () => {
    const { store } = await healthy();
    const text = '{"content_type":"dialogue","name":null,"role":"user","text":"nobody’s"}';
    const stray = contentHash(JSON.parse(text) as object);
    await store.storage.write([{ kind: 'content', contentHash: stray, text }]);
    assert.deepEqual(await store.doctor(), {
      ok: true,
      problems: [
        {
          severity: 'warning',
          code: 'STRAY_CONTENT',
          detail: `1 stored text belongs to no commit (${Buffer.byteLength(text)} bytes). Nothing was removed.`,
          repaired: false,
        },
      ],
    });
    assert.ok(store.storage.hasContent(stray));
  });

  it('§9.8: a damaged database, a text changed on the disk: doctor says where, and changes nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-doctor-test-'));
    const first = await Tract.open({ directory: folder });
    await first.user('the words that will change on the disk');
    const store = await openStore({ directory: folder, readOnly: true });
    const [log = ''] = (await readdir(folder)).filter((name) => name.startsWith('log-'));
    const bytes = await readFile(join(folder, log));
    // In place, as a disk does it: a file that is written anew is read anew by who follows it.
    const file = await open(join(folder, log), 'r+');
    await file.write(Buffer.from('WORDS'), 0, 5, bytes.indexOf('words that will change'));
    await file.close();
    const { ok, problems } = await store.doctor();
    assert.equal(ok, false);
    assert.ok(problems.some(({ code }) => code === 'CONTENT_DAMAGED'));
    assert.ok(problems.every(({ repaired }) => !repaired));
    await store.close();
    await first.close();
    await rm(folder, { recursive: true });
  });
});
