import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import type { Tract } from '../../../src/core/tract.js';
import { FormatError, importTract, NotReproducibleError, openStore } from '../../../src/library.js';
import { PythonDatabaseWriter } from './python-database.js';

const at = (second: number, micros = 0): string =>
  `2026-01-01 00:00:${String(second).padStart(2, '0')}.${String(micros).padStart(6, '0')}`;

describe('databases of the Python tract (SPEC §9.8, Annex B.11)', () => {
  let sql: SqlJsStatic;
  let folder: string;
  before(async () => {
    sql = await initSqlJs();
    folder = mkdtempSync(join(tmpdir(), 'tract-python-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (database: PythonDatabaseWriter): string => {
    const file = join(folder, 'python.db');
    writeFileSync(file, database.bytes());
    return file;
  };
  const imported = (database: PythonDatabaseWriter): Promise<Tract> => importTract(write(database));
  const texts = async (tract: Tract, ref: string): Promise<string[]> =>
    (await tract.compile({ at: ref })).messages.map(({ content }) => content);

  /** Two commits on main, HEAD attached to it. */
  function small(): { database: PythonDatabaseWriter; question: string; answer: string } {
    const database = new PythonDatabaseWriter(sql);
    const question = database.dialogue('user', 'Hi', at(0), null);
    const answer = database.dialogue('assistant', 'Hello', at(1, 123), question);
    database.ref('HEAD', null, 'refs/heads/main');
    database.ref('refs/heads/main', answer);
    return { database, question, answer };
  }

  it('commits keep their hashes, times with microseconds, and messages; the Python head has a tag', async () => {
    const { database, question, answer } = small();
    const tract = await imported(database);
    assert.equal(tract.tractId, 'python-test');
    assert.equal(tract.head, answer);
    assert.equal(tract.currentBranch, 'main');
    const log = await tract.log();
    assert.deepEqual(
      log.map(({ commitHash, createdAt, message }) => [commitHash, createdAt, message]),
      [
        [answer, '2026-01-01T00:00:01.000123+00:00', 'message at 2026-01-01 00:00:01.000123'],
        [question, '2026-01-01T00:00:00+00:00', 'message at 2026-01-01 00:00:00.000000'],
      ],
    );
    assert.deepEqual(await tract.tags(), [{ name: 'python/main', commitHash: answer }]);
    assert.equal((await tract.doctor()).ok, true);
    await tract.close();
  });

  it('merge commits keep both parents and add no message', async () => {
    const { database, question, answer } = small();
    const other = database.dialogue('user', 'On the side', at(2), question);
    const merge = database.commit({
      parents: [answer, other],
      payload: '{"content_type": "freeform", "payload": {"merge": "side"}}',
      type: 'freeform',
      at: at(3),
    });
    database.run("UPDATE refs SET commit_hash = ? WHERE ref_name = 'refs/heads/main'", [merge]);
    database.ref('refs/heads/side', other);
    const tract = await imported(database);
    assert.deepEqual(await texts(tract, 'main'), ['Hi', 'Hello', 'On the side']);
    const [entry] = await tract.log({ limit: 1 });
    assert.deepEqual([entry?.parentHash, entry?.extraParents], [answer, [other]]);
    await tract.close();
  });

  it('of two edits 1 µs apart the later wins', async () => {
    const { database, question, answer } = small();
    const first = database.dialogue('user', 'first', at(2, 1), answer, { editTarget: question });
    const second = database.dialogue('user', 'second', at(2, 2), first, { editTarget: question });
    database.run("UPDATE refs SET commit_hash = ? WHERE ref_name = 'refs/heads/main'", [second]);
    const tract = await imported(database);
    assert.deepEqual(await texts(tract, 'main'), ['second', 'Hello']);
    assert.deepEqual(await texts(tract, first), ['first', 'Hello']);
    await tract.close();
  });

  it('annotations: the last one counts, defaults make no commit, retention comes along, each branch has its own', async () => {
    const { database, question, answer } = small();
    database.ref('refs/heads/other', question);
    database.annotate(question, 'SKIP', at(2));
    const kept = '{"instructions": "keep dates", "match_patterns": ["2026"], "match_mode": "substring"}';
    database.annotate(question, 'IMPORTANT', at(3), 'dates matter', kept);
    database.annotate(answer, 'SKIP', at(4));
    database.annotate(answer, 'NORMAL', at(5));
    const tract = await imported(database);
    const [entry, ...rest] = await tract.log();
    assert.equal(entry?.operation, 'annotate');
    assert.equal(entry.message, `important: ${question.slice(0, 8)} (dates matter)`);
    assert.deepEqual(
      rest.map(({ commitHash }) => commitHash),
      [answer, question],
    );
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ priority }) => priority),
      ['important', 'normal'],
    );
    const store = await openStore();
    const again = await importTract(write(database), { store });
    const stored = store.storage.commit(again.head ?? '');
    const content = (await store.storage.contents([stored?.contentHash ?? ''])).get(stored?.contentHash ?? '');
    assert.deepEqual((JSON.parse(content ?? '{}') as { retention: unknown }).retention, {
      instructions: 'keep dates',
      match: ['2026'],
    });
    await store.close();
    // The table names no branch: `other` holds the target too and gets an annotate commit of its own.
    const tags = new Map((await tract.tags()).map(({ name, commitHash }) => [name, commitHash]));
    assert.equal(tags.get('python/other'), question);
    assert.equal((await tract.compile({ at: 'other' })).messages[0]?.priority, 'important');
    assert.equal((await tract.log({ from: 'other' })).length, 2);
    await tract.close();
  });

  it('a label on several commits: the newest has it, the others have it with their hash', async () => {
    const { database, question, answer } = small();
    database.tag(question, 'reviewed');
    database.tag(answer, 'reviewed');
    const tract = await imported(database);
    assert.deepEqual(await tract.tags(), [
      { name: 'python/main', commitHash: answer },
      { name: 'reviewed', commitHash: answer },
      { name: `reviewed-${question.slice(0, 8)}`, commitHash: question },
    ]);
    await tract.close();
  });

  it('the two records of a call become one; a failed call and one without usage stay alone', async () => {
    const database = new PythonDatabaseWriter(sql);
    const q1 = database.dialogue('user', 'one', at(0), null);
    const a1 = database.dialogue('assistant', '1', at(2), q1, { generationConfig: { model: 'm' } });
    const q2 = database.dialogue('user', 'two', at(4), a1);
    const a2 = database.dialogue('assistant', '2', at(8), q2, { generationConfig: { model: 'm' } });
    database.ref('HEAD', null, 'refs/heads/main');
    database.ref('refs/heads/main', a2);
    database.record('r1-before', q1, 8, 'tiktoken:o200k_base', at(1), [q1]);
    database.record('r1-after', a1, 15, 'api:10+5', at(3), [q1, a1]);
    database.record('r2-failed', q2, 20, 'tiktoken:o200k_base', at(5), [q1, a1, q2]);
    database.record('r2-again', q2, 20, 'tiktoken:o200k_base', at(7), [q1, a1, q2]);
    const tract = await imported(database);
    const records = await tract.compileRecords();
    assert.deepEqual(
      records.map(({ id, outcome, answerHash, tokenCount, usage }) => [
        id,
        outcome,
        answerHash,
        tokenCount,
        usage?.completionTokens ?? null,
      ]),
      [
        ['r2-again', 'answered', a2, 20, null],
        ['r2-failed', 'failed', null, 20, null],
        ['r1-before', 'answered', a1, 10, 5],
      ],
    );
    assert.deepEqual(await tract.compileRecordCommits('r2-again'), [q1, a1, q2]);
    const record = await tract.compileRecord('r1-before');
    assert.ok(record);
    assert.equal(record.contextHash, null);
    await assert.rejects(record.reproduce(), NotReproducibleError);
    await tract.close();
  });

  it('a detached HEAD that holds annotated commits becomes the branch python-head; without, it stays detached', async () => {
    const { database, question, answer } = small();
    const beyond = database.dialogue('user', 'beyond', at(2), answer);
    database.run("UPDATE refs SET commit_hash = ?, symbolic_target = NULL WHERE ref_name = 'HEAD'", [beyond]);
    const plain = await imported(database);
    assert.deepEqual([plain.isDetached, plain.head], [true, beyond]);
    await plain.close();
    database.annotate(question, 'PINNED', at(3));
    const annotated = await imported(database);
    assert.equal(annotated.currentBranch, 'python-head');
    assert.deepEqual(
      (await annotated.tags()).find(({ name }) => name === 'python/python-head'),
      { name: 'python/python-head', commitHash: beyond },
    );
    assert.equal((await annotated.compile()).messages[0]?.priority, 'pinned');
    await annotated.close();
  });

  it('payloads keep the spelling of their numbers, so that their hashes verify', async () => {
    const database = new PythonDatabaseWriter(sql);
    const payload = '{"content_type": "freeform", "payload": {"a": 1.0, "b": 1e+16, "c": -0.0, "d": "x: 1, y"}}';
    const hash = database.commit({ payload, type: 'freeform', at: at(0) });
    database.ref('HEAD', null, 'refs/heads/main');
    database.ref('refs/heads/main', hash);
    const tract = await imported(database);
    assert.equal(tract.head, hash);
    assert.deepEqual(await tract.doctor(), { ok: true, problems: [] });
    await tract.close();
  });

  it('twice adds nothing', async () => {
    const { database, question, answer } = small();
    database.annotate(question, 'PINNED', at(3));
    database.record('r1', question, 8, 'tiktoken:o200k_base', at(1), [question]);
    database.tag(answer, 'reviewed');
    const file = write(database);
    const store = await openStore();
    const state = () => ({
      commits: [...store.storage.commitHashes()],
      contents: [...store.storage.contentSizes()].length,
      refs: [...store.storage.refs('python-test')],
      records: store.storage.records('python-test', { limit: 10 }),
      tracts: store.tracts(),
    });
    await importTract(file, { store });
    const first = state();
    assert.equal(first.commits.length, 3);
    await importTract(file, { store });
    assert.deepEqual(state(), first);
    await store.close();
  });

  it('refuses the id of a tract that the file has not got, before anything is imported (§9.8)', async () => {
    const store = await openStore();
    await assert.rejects(importTract(write(small().database), { store, tractId: 'another' }), {
      code: 'TRACT_NOT_FOUND',
    });
    assert.deepEqual(store.tracts(), []);
    await store.close();
  });

  it('refuses other schema versions, changed payloads and other files, and changes nothing', async () => {
    const store = await openStore();
    const refused = async (bytes: Uint8Array, message: RegExp) => {
      const file = join(folder, 'bad.db');
      writeFileSync(file, bytes);
      await assert.rejects(importTract(file, { store }), (error) => {
        assert.ok(error instanceof FormatError);
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(store.tracts(), []);
    };
    await refused(
      new PythonDatabaseWriter(sql, 't', '14').bytes(),
      /schema version 14, and this Tract reads version 13/,
    );
    const { database } = small();
    database.run("UPDATE blobs SET payload_json = replace(payload_json, 'Hello', 'Hullo')");
    await refused(
      database.bytes(),
      /^The content of commit [0-9a-f]{8} does not match its hash\. Nothing was imported\.$/,
    );
    await refused(new TextEncoder().encode('no database'), /no SQLite database of the Python tract/);
    await store.close();
  });

  it('§9.8: the text `null` in a JSON column means null; the token counts that were stored are kept', async () => {
    const { database, answer } = small();
    const tract = await imported(database);
    const [entry] = await tract.log({ limit: 1 });
    assert.deepEqual(
      [entry?.commitHash, entry?.metadata, entry?.generationConfig, entry?.tags, entry?.tokenCount],
      [answer, null, null, ['python/main'], 5],
    );
    await tract.close();
  });

  it('B.11: an edit whose target is no ancestor is kept, has no effect and is listed by doctor', async () => {
    const { database, question, answer } = small();
    const aside = database.dialogue('user', 'aside', at(2), question);
    database.ref('refs/heads/side', aside);
    const edit = database.dialogue('user', 'no effect', at(3), answer, { editTarget: aside });
    database.run("UPDATE refs SET commit_hash = ? WHERE ref_name = 'refs/heads/main'", [edit]);
    const tract = await imported(database);
    assert.equal(tract.head, edit);
    assert.deepEqual(await texts(tract, 'main'), ['Hi', 'Hello']);
    assert.deepEqual(await texts(tract, 'side'), ['Hi', 'aside']);
    const { ok, problems } = await tract.doctor();
    assert.deepEqual(
      [ok, problems.map(({ severity, code, detail }) => [severity, code, detail])],
      [
        true,
        [
          [
            'warning',
            'EDIT_WITHOUT_EFFECT',
            `Edit ${edit.slice(0, 8)} replaces ${aside.slice(0, 8)}, which is not in its history; it has no effect.`,
          ],
        ],
      ],
    );
    await tract.close();
  });
});
