import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  AlreadyClosedError,
  InvalidOpIdError,
  OpCollisionError,
  OpLinkRefusedError,
  OpNotFoundError,
  OpWriteError,
} from '../../../src/ops/errors.js';
import { openOps, type Ops } from '../../../src/ops/node/open-ops.js';
import { recordOp, RESET, TestClock, useTemporaryFolders } from './support.js';

const ID = '01HZZZZZZZZZZZZZZZZZZZZZZZ';

describe('§13 op files (durability files)', () => {
  const temporary = useTemporaryFolders();
  let directory = '';
  let time = new TestClock();
  let ops: Ops;
  beforeEach(() => {
    directory = temporary();
    time = new TestClock();
    ops = openOps({ directory, durability: 'files', clock: time.clock });
  });
  const file = (name: string): string => join(directory, 'tract-ops', name);
  const text = (name: string): string => readFileSync(file(name), 'utf8');

  it('one file per op: a started line, then one completed line, then links; the index is derived', async () => {
    const opId = await ops.begin(RESET);
    const started = `{"event":"started","op_id":"${opId}","action":"reset","actor":"user","tract_id":"demo","branch":"main","started_at":"2026-01-01T00:00:00.000Z"}\n`;
    assert.equal(text(`${opId}.jsonl`), started);
    time.hours(1);
    await ops.complete(opId, { outcome: 'done', headAfter: 'b'.repeat(64) });
    const completed = `{"event":"completed","op_id":"${opId}","completed_at":"2026-01-01T01:00:00.000Z","outcome":"done","closed_by":"user","head_after":"${'b'.repeat(64)}"}\n`;
    assert.equal(text(`${opId}.jsonl`), started + completed);
    await ops.link(opId, { kind: 'commit', ref: 'abc' });
    assert.equal(
      text(`${opId}.jsonl`),
      `${started}${completed}{"event":"commit_link","op_id":"${opId}","ref":"abc","linked_at":"2026-01-01T01:00:00.000Z"}\n`,
    );
    assert.equal(
      text('ops-index.jsonl'),
      `{"op_id":"${opId}","actor":"user","started_at":"2026-01-01T00:00:00.000Z"}\n`,
    );
    assert.deepEqual(
      readdirSync(file('')).sort(),
      ['.gitattributes', '.gitignore', `${opId}.jsonl`, 'ops-index.jsonl'].sort(),
    );
    assert.deepEqual(await ops.pending(), []);
  });

  it('the index is made again from the op files when it is gone', async () => {
    const first = await ops.begin(RESET);
    rmSync(file('ops-index.jsonl'));
    const second = await ops.begin({ ...RESET, actor: 'agent' });
    const line = (opId: string, actor: string): string =>
      `{"op_id":"${opId}","actor":"${actor}","started_at":"2026-01-01T00:00:00.000Z"}\n`;
    assert.equal(text('ops-index.jsonl'), line(first, 'user') + line(second, 'agent'));
  });

  it('list: newest first, with what the files say', async () => {
    const first = await ops.begin({ ...RESET, modelId: 'm', missionId: 'M', tokenCount: 3 });
    const second = await ops.begin({ ...RESET, action: 'generate' });
    await ops.complete(first, { outcome: 'failed', errorCode: 'E', closedBy: 'agent', recordId: 'r' });
    await ops.link(first, { kind: 'artifact', ref: 'a.md' });
    const listed = await ops.list();
    assert.deepEqual(
      listed.map(({ opId, action, outcome, orphan, pending, path }) => [opId, action, outcome, orphan, pending, path]),
      [
        [second, 'generate', undefined, true, false, file(`${second}.jsonl`)],
        [first, 'reset', 'failed', false, false, file(`${first}.jsonl`)],
      ],
    );
    const { modelId, missionId, tokenCount, errorCode, closedBy, recordId, links } = listed[1] ?? assert.fail();
    assert.deepEqual(
      [modelId, missionId, tokenCount, errorCode, closedBy, recordId, links],
      ['m', 'M', 3, 'E', 'agent', 'r', [{ kind: 'artifact', ref: 'a.md' }]],
    );
  });

  it('a second completion → AlreadyClosedError, also from another session and when both come at once', async () => {
    const opId = await ops.begin(RESET);
    const results = await Promise.allSettled([1, 2, 3].map(() => ops.complete(opId, { outcome: 'done' })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    const before = text(`${opId}.jsonl`);
    await assert.rejects(ops.complete(opId, { outcome: 'failed' }), AlreadyClosedError);
    await assert.rejects(openOps({ directory, durability: 'files' }).complete(opId, { outcome: 'done' }), {
      name: 'AlreadyClosedError',
      code: 'OP_ALREADY_CLOSED',
    });
    assert.equal(text(`${opId}.jsonl`), before);
  });

  it('an unknown id → OpNotFoundError, and no file is made', async () => {
    await assert.rejects(ops.complete(ID, { outcome: 'done' }), OpNotFoundError);
    await assert.rejects(ops.link(ID, { kind: 'commit', ref: 'a' }), OpNotFoundError);
    assert.equal(existsSync(file('')), false);
  });

  it('a collision → OpCollisionError, the file unchanged, also when both come at once', async () => {
    const results = await Promise.allSettled([1, 2].map(() => ops.begin({ ...RESET, opId: ID })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    const before = text(`${ID}.jsonl`);
    await assert.rejects(ops.begin({ ...RESET, opId: ID, action: 'merge' }), OpCollisionError);
    await assert.rejects(openOps({ directory, durability: 'files' }).begin({ ...RESET, opId: ID }), OpCollisionError);
    assert.equal(text(`${ID}.jsonl`), before);
  });

  it('odd ids are refused before any path is made', async () => {
    for (const id of ['../evil', 'x', ID.toLowerCase(), `${ID}/../../evil`, '']) {
      await assert.rejects(ops.begin({ ...RESET, opId: id }), InvalidOpIdError);
      await assert.rejects(ops.complete(id, { outcome: 'done' }), InvalidOpIdError);
      await assert.rejects(ops.link(id, { kind: 'commit', ref: 'a' }), InvalidOpIdError);
    }
    assert.deepEqual(readdirSync(directory), []);
  });

  it('bad values leave nothing behind', async () => {
    await assert.rejects(ops.begin({ ...RESET, action: 'two\nlines' }), { code: 'INVALID_ARGUMENT' });
    assert.deepEqual(readdirSync(directory), []);
    const opId = await ops.begin(RESET);
    const before = text(`${opId}.jsonl`);
    await assert.rejects(ops.complete(opId, { outcome: 'fine' as 'done' }), { code: 'INVALID_ARGUMENT' });
    assert.equal(text(`${opId}.jsonl`), before);
    assert.throws(() => openOps({ directory, durability: 'always' as 'git' }), { code: 'INVALID_ARGUMENT' });
  });

  it('a tract-ops that is a link, or a file, is refused; what it points to stays empty', async () => {
    const elsewhere = temporary();
    symlinkSync(elsewhere, file('').replace(/\/$/, ''));
    await assert.rejects(ops.begin(RESET), OpLinkRefusedError);
    await assert.rejects(ops.complete(ID, { outcome: 'done' }), OpLinkRefusedError);
    assert.deepEqual([await ops.list(), await ops.doctor()], [[], []]);
    assert.deepEqual(readdirSync(elsewhere), []);
    rmSync(join(directory, 'tract-ops'));
    writeFileSync(join(directory, 'tract-ops'), 'a file');
    await assert.rejects(ops.begin(RESET), { code: 'OP_LINK_REFUSED' });
    assert.equal(readFileSync(join(directory, 'tract-ops'), 'utf8'), 'a file');
  });

  it('an op file that is a link (also a dangling or hard one) is neither followed nor changed', async () => {
    const target = join(temporary(), 'target.txt');
    const started = `{"event":"started","op_id":"${ID}"}\n`;
    writeFileSync(target, started);
    mkdirSync(file(''));
    symlinkSync(target, file(`${ID}.jsonl`));
    await assert.rejects(ops.begin({ ...RESET, opId: ID }), OpCollisionError);
    await assert.rejects(ops.complete(ID, { outcome: 'done' }), OpLinkRefusedError);
    await assert.rejects(ops.link(ID, { kind: 'commit', ref: 'a' }), OpLinkRefusedError);
    assert.deepEqual([await ops.list(), await ops.doctor()], [[], []]);
    rmSync(file(`${ID}.jsonl`));
    linkSync(target, file(`${ID}.jsonl`));
    await assert.rejects(ops.complete(ID, { outcome: 'done' }), OpLinkRefusedError);
    rmSync(file(`${ID}.jsonl`));
    symlinkSync(join(directory, 'nowhere'), file(`${ID}.jsonl`));
    await assert.rejects(ops.begin({ ...RESET, opId: ID }), OpCollisionError);
    assert.equal(readFileSync(target, 'utf8'), started);
    assert.equal(existsSync(join(directory, 'nowhere')), false);
  });

  it('local logs and git files that are links are not written through, and the op is recorded all the same', async () => {
    const elsewhere = temporary();
    mkdirSync(file(''));
    for (const name of ['ops-index.jsonl', '.gitignore', '.gitattributes'])
      symlinkSync(join(elsewhere, name), file(name));
    await recordOp(ops);
    assert.deepEqual(readdirSync(elsewhere), []);
    assert.equal((await ops.list()).length, 1);
  });

  it("a person's own .gitattributes and .gitignore stay", async () => {
    mkdirSync(file(''));
    writeFileSync(file('.gitignore'), 'mine\n');
    await recordOp(ops);
    assert.equal(text('.gitignore'), 'mine\n');
    assert.equal(text('.gitattributes'), '*.jsonl -text\n');
  });

  it('a line torn by a crash is left as it is; the next line starts afresh', async () => {
    const opId = await ops.begin(RESET);
    appendFileSync(file(`${opId}.jsonl`), '{"event":"comple');
    await ops.complete(opId, { outcome: 'done' });
    assert.match(text(`${opId}.jsonl`), /\n\{"event":"comple\n\{"event":"completed".+\n$/);
    const [listed] = await ops.list();
    assert.deepEqual([listed?.outcome, listed?.orphan], ['done', false]);
    const torn = await ops.begin(RESET);
    truncateSync(file(`${torn}.jsonl`), 10);
    await ops.complete(torn, { outcome: 'failed' });
    assert.equal((await ops.list())[0]?.outcome, 'failed');
  });

  it('an op begun in one session can be completed in the next', async () => {
    const opId = await ops.begin(RESET);
    await openOps({ directory, durability: 'files' }).complete(opId, { outcome: 'done' });
    assert.equal((await ops.list())[0]?.outcome, 'done');
  });

  it('a folder that cannot be made is an error that says so; a removed workspace folder does not come back', async () => {
    const gone = openOps({ directory: join(directory, 'gone'), durability: 'files' });
    await assert.rejects(gone.begin(RESET), { code: 'OP_WRITE_FAILED' });
    assert.equal(existsSync(join(directory, 'gone')), false);
    writeFileSync(join(directory, 'file'), '');
    await assert.rejects(
      openOps({ directory: join(directory, 'file'), durability: 'files' }).begin(RESET),
      OpWriteError,
    );
  });

  describe('doctor', () => {
    it('orphans only: special files, links, folders, foreign names and local logs aside', async () => {
      const closed = await recordOp(ops);
      const orphan = await ops.begin(RESET);
      const ids = Array.from({ length: 6 }, (_, i) => `01J0000000000000000000000${i}`);
      writeFileSync(file(`${ids[0] ?? ''}.jsonl`), '');
      writeFileSync(file(`${ids[1] ?? ''}.jsonl`), '\uFEFFgarbage\r\n{"event":"completed"\r\n');
      writeFileSync(
        file(`${ids[2] ?? ''}.jsonl`),
        `x\r\n{"event":"completed","op_id":"${ids[2] ?? ''}","outcome":"done"}\r\n`,
      );
      mkdirSync(file(`${ids[3] ?? ''}.jsonl`));
      symlinkSync(file(`${orphan}.jsonl`), file(`${ids[4] ?? ''}.jsonl`));
      execFileSync('mkfifo', [file(`${ids[5] ?? ''}.jsonl`)]);
      for (const name of ['notes.jsonl', `${orphan}.jsonl.bak`, `${orphan.toLowerCase()}.jsonl`, 'lifecycle.jsonl'])
        writeFileSync(file(name), 'x');
      const before = snapshot();
      assert.deepEqual(
        await ops.doctor(),
        [ids[0] ?? '', ids[1] ?? '', orphan].sort().map((id) => ({ path: file(`${id}.jsonl`) })),
      );
      assert.deepEqual(snapshot(), before, 'it only reads');
      assert.ok(closed);
      await assert.rejects(ops.complete(ids[5] ?? '', { outcome: 'done' }), OpLinkRefusedError);
      // The same with every durability: the files are there to be looked at.
      assert.equal((await openOps({ directory, durability: 'store' }).doctor()).length, 3);
    });

    it('nothing there: nothing found, nothing made', async () => {
      assert.deepEqual([await ops.doctor(), await ops.closeStale({ olderThanHours: 0 })], [[], []]);
      assert.deepEqual(readdirSync(directory), []);
    });

    it('closeStale closes what is older, as abandoned by the doctor; later completions are refused', async () => {
      const old = await ops.begin(RESET);
      time.hours(20);
      const young = await ops.begin(RESET);
      time.hours(5);
      assert.deepEqual(await ops.closeStale({ olderThanHours: 24 }), [{ path: file(`${old}.jsonl`) }]);
      assert.ok(
        text(`${old}.jsonl`).endsWith(
          `\n{"event":"completed","op_id":"${old}","completed_at":"2026-01-02T01:00:00.000Z","outcome":"abandoned","closed_by":"doctor"}\n`,
        ),
      );
      assert.deepEqual(await ops.doctor(), [{ path: file(`${young}.jsonl`) }]);
      await assert.rejects(ops.complete(old, { outcome: 'done' }), AlreadyClosedError);
      assert.deepEqual(await ops.closeStale({ olderThanHours: 24 }), []);
      assert.deepEqual(await ops.closeStale({ olderThanHours: 0 }), [{ path: file(`${young}.jsonl`) }]);
      for (const olderThanHours of [-1, Number.NaN])
        await assert.rejects(ops.closeStale({ olderThanHours }), { code: 'INVALID_ARGUMENT' });
    });

    it('one orphan can be closed by hand', async () => {
      const opId = await ops.begin(RESET);
      await assert.rejects(ops.complete(opId, { outcome: 'done', closedBy: 'doctor' }), { code: 'INVALID_ARGUMENT' });
      await ops.complete(opId, { outcome: 'abandoned', closedBy: 'doctor' });
      assert.deepEqual(await ops.doctor(), []);
    });

    function snapshot(): string[] {
      return readdirSync(file(''))
        .sort()
        .map((name) => {
          const stat = lstatSync(file(name));
          return `${name} ${stat.mode} ${stat.size} ${stat.mtimeMs} ${stat.isFile() ? text(name) : ''}`;
        });
    }
  });

  describe('durability store', () => {
    it('the same promises, and no file is ever written', async () => {
      const store = openOps({ directory });
      const opId = await recordOp(store);
      await store.link(opId, { kind: 'commit', ref: 'a' });
      const open = await store.begin(RESET);
      await assert.rejects(store.begin({ ...RESET, opId: open }), OpCollisionError);
      await assert.rejects(store.complete(opId, { outcome: 'done' }), AlreadyClosedError);
      await assert.rejects(store.complete(ID, { outcome: 'done' }), OpNotFoundError);
      await assert.rejects(store.complete('../x', { outcome: 'done' }), InvalidOpIdError);
      await store.retry();
      assert.deepEqual(
        (await store.list()).map(({ opId: id, orphan, path }) => [id, orphan, path]),
        [
          [open, true, undefined],
          [opId, false, undefined],
        ],
      );
      assert.deepEqual([await store.pending(), await store.doctor(), readdirSync(directory)], [[], [], []]);
    });
  });
});
