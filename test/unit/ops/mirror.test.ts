import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredOp } from '../../../src/core/model/op.js';
import { linesOfRow, mirrorOps, opEvent, type OpRow } from '../../../src/ops/mirror.js';
import { openOps } from '../../../src/ops/node/open-ops.js';
import { gitOps, TestRepository, useTemporaryFolders } from './support.js';

const ROW: OpRow = {
  opId: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
  action: 'generate',
  actor: 'user',
  tractId: 'demo',
  branch: 'main',
  headBefore: 'a'.repeat(64),
  contextHash: 'c'.repeat(64),
  tokenCount: 16,
  commitCount: 2,
  modelId: 'openai/gpt-4o',
  missionId: null,
  wpId: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  completedAt: null,
  outcome: null,
  closedBy: null,
  headAfter: null,
  recordId: null,
  usage: null,
  errorCode: null,
};
const CLOSED: OpRow = {
  ...ROW,
  completedAt: '2026-01-01T00:00:01.000Z',
  outcome: 'done',
  closedBy: 'agent',
  headAfter: 'b'.repeat(64),
};

describe("§13 a store's op log mirrored into op files", () => {
  const temporary = useTemporaryFolders();
  const fail = (error: unknown): void => {
    assert.fail(String(error));
  };

  it('started and completed rows become the lines of one file, with the times of the op log', async () => {
    const directory = temporary();
    const ops = openOps({ directory, durability: 'files' });
    const mirror = mirrorOps(ops, fail);
    // Not awaited one by one: their order is kept.
    await Promise.all([mirror({ event: 'started', op: ROW }), mirror({ event: 'completed', op: CLOSED })]);
    const text = readFileSync(join(directory, 'tract-ops', `${ROW.opId}.jsonl`), 'utf8');
    assert.equal(
      text,
      `{"event":"started","op_id":"${ROW.opId}","action":"generate","actor":"user","tract_id":"demo","branch":"main",` +
        `"head_before":"${'a'.repeat(64)}","context_hash":"${'c'.repeat(16)}","token_count":16,"commit_count":2,` +
        `"model_id":"openai/gpt-4o","started_at":"2026-01-01T00:00:00.000Z"}\n` +
        `{"event":"completed","op_id":"${ROW.opId}","completed_at":"2026-01-01T00:00:01.000Z","outcome":"done","closed_by":"agent","head_after":"${'b'.repeat(64)}"}\n`,
    );
    assert.equal(linesOfRow(CLOSED).join(''), text);
    assert.equal(linesOfRow(ROW).length, 1);
  });

  it('an op that began before records were turned on gets both lines when it ends', async () => {
    const ops = openOps({ directory: temporary(), durability: 'files' });
    await mirrorOps(ops, fail)({ event: 'completed', op: CLOSED });
    assert.deepEqual(
      (await ops.list()).map(({ action, outcome }) => [action, outcome]),
      [['generate', 'done']],
    );
  });

  it('rows of core are events: open ones started, closed ones completed', async () => {
    const stored: StoredOp = { ...ROW, ...{ tractId: 'demo', outcome: null } } as StoredOp;
    assert.equal(opEvent(stored).event, 'started');
    assert.equal(opEvent({ ...stored, outcome: 'failed', closedBy: 'user' }).event, 'completed');
    const ops = openOps({ directory: temporary(), durability: 'files' });
    await mirrorOps(ops, fail)(opEvent(CLOSED));
    assert.equal((await ops.list())[0]?.outcome, 'done');
  });

  it('a row that is not closed completes nothing', async () => {
    const ops = openOps({ directory: temporary(), durability: 'files' });
    const mirror = mirrorOps(ops, fail);
    await mirror({ event: 'started', op: ROW });
    await mirror({ event: 'completed', op: ROW });
    assert.equal((await ops.list())[0]?.orphan, true);
  });

  it('never rejects: what goes wrong is told, and the end writes what the start could not', async () => {
    const directory = temporary();
    const errors: unknown[] = [];
    const ops = openOps({ directory, durability: 'files' });
    const mirror = mirrorOps(ops, (error, opId) => errors.push([(error as { code: string }).code, opId]));
    symlinkSync(temporary(), join(directory, 'tract-ops'));
    await mirror({ event: 'started', op: ROW });
    assert.deepEqual(errors, [['OP_LINK_REFUSED', ROW.opId]]);
    rmSync(join(directory, 'tract-ops'));
    await mirror({ event: 'completed', op: CLOSED });
    await mirror({ event: 'completed', op: CLOSED });
    assert.deepEqual(errors.slice(1), [['OP_ALREADY_CLOSED', ROW.opId]]);
    assert.equal((await ops.list())[0]?.outcome, 'done');
  });

  it('B.7 a file that vanished while no window ran, closed in the op log: written from there and committed', async () => {
    const repository = TestRepository.create(temporary());
    const { ops } = gitOps(repository.directory, {
      source: { lines: (opId) => Promise.resolve(opId === ROW.opId ? linesOfRow(CLOSED) : undefined) },
    });
    await mirrorOps(ops, fail)({ event: 'completed', op: CLOSED });
    await ops.idle();
    assert.equal(repository.git('show', `HEAD:tract-ops/${ROW.opId}.jsonl`), linesOfRow(CLOSED).join(''));
  });
});
