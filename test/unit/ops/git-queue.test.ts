import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpSource } from '../../../src/ops/node/open-ops.js';
import { completedLine, startedLine } from '../../../src/ops/lines.js';
import { createOpIds } from '../../../src/ops/op-id.js';
import { bundleProgram, PLAIN_NODE } from '../support/programs.js';
import { gitOps, recordOp, RESET, TestRepository, useTemporaryFolders } from './support.js';

describe('§13 the queue of commits', function () {
  // Some start processes of their own, which take their time on a busy machine.
  this.timeout(60_000);
  this.slow(3000);
  const temporary = useTemporaryFolders();
  const create = (): TestRepository => TestRepository.create(temporary());
  let program: string;
  before(async () => {
    program = await bundleProgram(new URL('./record-ops.ts', import.meta.url));
  });
  /** Runs record-ops.ts in a process of its own; resolves with its exit code, null when it was killed. */
  const recordOps = (...args: string[]): Promise<number | null> =>
    new Promise((resolve) => {
      spawn(process.execPath, [program, ...args], { stdio: 'inherit', env: PLAIN_NODE }).on('exit', resolve);
    });

  it('12 ops at once give 12 commits of one file each', async () => {
    const repository = create();
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    const before = repository.state();
    const { ops } = gitOps(repository.directory);
    const ids = await Promise.all(Array.from({ length: 12 }, () => ops.begin(RESET)));
    await Promise.all(ids.map((id) => ops.complete(id, { outcome: 'done' })));
    await ops.idle();
    const log = repository.git('log', '--format=%(trailers:key=Op-Id,valueonly,separator=)');
    const trailers = log.split('\n').filter(Boolean);
    assert.deepEqual([...trailers].sort(), ids);
    const touched = repository.git('log', '--format=', '--name-only').split('\n');
    assert.deepEqual(
      touched.filter((line) => line.endsWith('.jsonl')),
      trailers.map((id) => `tract-ops/${id}.jsonl`),
    );
    assert.deepEqual(repository.state(), before);
    assert.deepEqual(await ops.pending(), []);
  });

  it('two instances and the person committing meanwhile lose nothing', async () => {
    const repository = create();
    const first = gitOps(repository.directory).ops;
    const second = gitOps(repository.directory).ops;
    const work = Promise.all(Array.from({ length: 6 }, (_, i) => recordOp(i % 2 === 0 ? first : second)));
    repository.write('a.txt', 'mine\n');
    repository.git('add', 'a.txt');
    const ids = await work;
    const trailers = repository
      .git('log', '--format=%(trailers:key=Op-Id,valueonly,separator=)')
      .split('\n')
      .filter(Boolean);
    assert.deepEqual(trailers.sort(), ids.sort());
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), 'M  a.txt\n');
  });

  it('several processes on one repository: everything is committed in the end', async () => {
    const repository = create();
    const run = (): Promise<number | null> => recordOps(repository.directory, '4');
    assert.deepEqual(await Promise.all([run(), run()]), [0, 0]);
    const { ops } = gitOps(repository.directory);
    await ops.idle();
    assert.deepEqual(await ops.pending(), []);
    assert.equal(repository.subjects().filter((subject) => subject.startsWith('op(')).length, 8);
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), '');
  });

  it('a process killed while it commits: the next session commits the rest, the index is as it was', async () => {
    const repository = create();
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    const before = repository.state();
    for (const milliseconds of [10, 60, 130]) {
      await recordOps(repository.directory, '3', String(milliseconds));
      const { ops } = gitOps(repository.directory);
      await ops.idle();
      // The git command that it had started outlives it, and takes its time on a busy machine.
      for (let tries = 0; tries < 20 && (await ops.pending()).length > 0; tries++) {
        await sleep(200);
        await ops.retry();
      }
      assert.deepEqual(await ops.pending(), []);
    }
    assert.equal(repository.subjects().filter((subject) => subject.startsWith('op(')).length, 9);
    // Killed right after `git commit` it could not put the old draft of a message back.
    assert.deepEqual({ ...repository.state(), draft: before.draft }, before);
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), 'M  a.txt\n');
  });

  it('an op that is still open is not committed; the next closed one does not take it along', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const open = await ops.begin(RESET);
    const closed = await recordOp(ops);
    assert.equal(repository.lastCommitted().includes(`tract-ops/${closed}.jsonl`), true);
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), `?? tract-ops/${open}.jsonl\n`);
    await ops.complete(open, { outcome: 'failed', errorCode: 'RATE_LIMIT' });
    await ops.idle();
    assert.deepEqual(repository.lastCommitted(), [`tract-ops/${open}.jsonl`]);
  });

  it('a link added after the commit commits the file again; one added before does not', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const opId = await ops.begin(RESET);
    await ops.link(opId, { kind: 'artifact', ref: 'docs/a.md' });
    await ops.idle();
    assert.equal(repository.subjects().length, 1);
    await ops.complete(opId, { outcome: 'done' });
    await ops.idle();
    assert.equal(repository.subjects().length, 2);
    await ops.link(opId, { kind: 'commit', ref: repository.git('rev-parse', 'HEAD').trim() });
    await ops.idle();
    assert.equal(repository.subjects().length, 3);
    assert.deepEqual(repository.lastCommitted(), [`tract-ops/${opId}.jsonl`]);
    const events = repository
      .git('show', `HEAD:tract-ops/${opId}.jsonl`)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    assert.deepEqual(events, ['started', 'artifact_link', 'completed', 'commit_link']);
    // Also in a later session.
    const later = gitOps(repository.directory).ops;
    await later.link(opId, { kind: 'artifact', ref: 'b.md' });
    await later.idle();
    assert.equal(repository.subjects().length, 4);
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), '');
  });

  it('what a session left pending is committed by the next, and by the next op', async () => {
    const repository = create();
    repository.git('checkout', '-q', '--detach');
    const earlier = gitOps(repository.directory).ops;
    const ids = [await recordOp(earlier), await recordOp(earlier)];
    // Reading must not even refresh what the index knows about times.
    const bytes = repository.indexBytes();
    utimesSync(repository.path('a.txt'), 1, 1);
    const sameState = gitOps(repository.directory).ops;
    assert.deepEqual(
      (await sameState.pending()).map(({ opId }) => opId),
      ids,
    );
    await sameState.idle();
    assert.deepEqual(
      (await sameState.pending()).map(({ reason }) => reason),
      ['detached', 'detached'],
    );
    assert.equal(repository.indexBytes(), bytes);
    repository.git('checkout', '-q', 'main');
    const third = await recordOp(earlier);
    assert.deepEqual(
      repository.git('log', '--reverse', '--format=%(trailers:key=Op-Id,valueonly,separator=)').trim().split('\n'),
      [...ids, third],
    );
    const next = gitOps(repository.directory).ops;
    await next.idle();
    assert.deepEqual(await next.pending(), []);
    assert.equal(repository.subjects().length, 4);
  });

  it('a pending link of an earlier session is found again', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const opId = await recordOp(ops);
    repository.git('checkout', '-q', '--detach');
    await ops.link(opId, { kind: 'artifact', ref: 'a.txt' });
    await ops.idle();
    repository.git('checkout', '-q', 'main');
    const next = gitOps(repository.directory).ops;
    await next.idle();
    assert.match(repository.git('show', `HEAD:tract-ops/${opId}.jsonl`), /artifact_link/);
  });

  it('B.7 git clean -fdx loses no completed op: pending ones are written again and committed', async () => {
    const repository = create();
    repository.git('checkout', '-q', '--detach');
    const { ops } = gitOps(repository.directory);
    const ids = [await recordOp(ops), await recordOp(ops)];
    const texts = ids.map((id) => repository.read(`tract-ops/${id}.jsonl`));
    repository.git('clean', '-qfdx');
    assert.equal(existsSync(repository.path('tract-ops')), false);
    await ops.retry();
    assert.deepEqual(
      ids.map((id) => repository.read(`tract-ops/${id}.jsonl`)),
      texts,
    );
    assert.deepEqual(
      (await ops.pending()).map(({ opId }) => opId),
      ids,
    );
    repository.git('clean', '-qfdx');
    repository.git('checkout', '-q', 'main');
    await ops.retry();
    assert.deepEqual(
      ids.map((id) => repository.git('show', `HEAD:tract-ops/${id}.jsonl`)),
      texts,
    );
    assert.deepEqual(await ops.pending(), []);
    // Committed records are tracked: clean leaves them.
    repository.git('clean', '-qfdx');
    assert.deepEqual(readdirSync(repository.path('tract-ops')).sort(), [
      '.gitattributes',
      '.gitignore',
      ...ids.map((id) => `${id}.jsonl`),
    ]);
    assert.match((await recordOp(ops)).slice(0, 1), /\d/);
  });

  it('git clean -fdx between begin and complete loses nothing either', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const opId = await ops.begin(RESET);
    repository.git('clean', '-qfdx');
    await ops.complete(opId, { outcome: 'done' });
    await ops.idle();
    assert.match(
      repository.git('show', `HEAD:tract-ops/${opId}.jsonl`),
      /^\{"event":"started".+\n\{"event":"completed".+\n$/,
    );
    await assert.rejects(ops.complete(opId, { outcome: 'done' }), { code: 'OP_ALREADY_CLOSED' });
  });

  it('B.7 git clean -fdx while no window runs: the op log gives the records back', async () => {
    const repository = create();
    const nextId = createOpIds(() => new Date());
    const rows = new Map(
      [nextId(), nextId(), nextId()].map((id) => [
        id,
        [startedLine(id, RESET, new Date()), completedLine(id, { outcome: 'done' }, new Date())],
      ]),
    );
    const [lost, committed, open] = [...rows.keys()] as [string, string, string];
    rows.set(open, rows.get(open)?.slice(0, 1) ?? []);
    const source: OpSource = {
      lines: (opId) => Promise.resolve(rows.get(opId)?.map((line) => line.trimEnd())),
      uncommitted: () => Promise.resolve([lost, committed, 'no id']),
    };
    // On another branch already: must not come back here.
    repository.git('checkout', '-qb', 'side');
    repository.write(`tract-ops/${committed}.jsonl`, rows.get(committed)?.join('') ?? '');
    repository.git('add', '.');
    repository.git('commit', '-qm', 'There');
    repository.git('checkout', '-q', 'main');
    const done: string[] = [];
    const { ops } = gitOps(repository.directory, { source, onCommitted: (opId) => done.push(opId) });
    await ops.idle();
    assert.deepEqual(done, [lost]);
    assert.equal(repository.git('show', `HEAD:tract-ops/${lost}.jsonl`), rows.get(lost)?.join(''));
    assert.equal(existsSync(repository.path('tract-ops', `${committed}.jsonl`)), false);
    // An op that began in another session and whose file is gone can still be completed.
    await ops.complete(open, { outcome: 'failed' });
    await ops.idle();
    assert.match(repository.git('show', `HEAD:tract-ops/${open}.jsonl`), /"started"[^]+"completed"/);
  });

  it('the person took the record along in a commit: nothing more to do', async () => {
    const repository = create();
    repository.git('checkout', '-q', '--detach');
    const { ops } = gitOps(repository.directory);
    await recordOp(ops);
    repository.git('checkout', '-q', 'main');
    repository.git('add', '.');
    repository.git('commit', '-qm', 'All of it');
    await ops.retry();
    assert.deepEqual(await ops.pending(), []);
    assert.equal(repository.subjects()[0], 'All of it');
    assert.equal(repository.git('status', '--porcelain'), '');
  });

  it('a held lock that goes away in time does not even show', async () => {
    const repository = create();
    const lock = join(repository.gitDir(), 'index.lock');
    writeFileSync(lock, '');
    setTimeout(() => {
      rmSync(lock);
    }, 120);
    const { ops, notices } = gitOps(repository.directory);
    await recordOp(ops);
    assert.deepEqual([await ops.pending(), notices], [[], []]);
    assert.equal(repository.subjects().length, 2);
  });

  it('closeStale commits what it closes', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const opId = await ops.begin(RESET);
    assert.deepEqual(await ops.closeStale({ olderThanHours: 0 }), [
      { path: repository.path('tract-ops', `${opId}.jsonl`) },
    ]);
    await ops.idle();
    assert.match(repository.git('show', `HEAD:tract-ops/${opId}.jsonl`), /"outcome":"abandoned","closed_by":"doctor"/);
  });

  it('a listener that throws stops nothing', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory, {
      onCommitted: () => {
        throw new Error('listener');
      },
    });
    await recordOp(ops);
    await recordOp(ops);
    assert.equal(repository.subjects().length, 3);
  });
});
