import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { InvalidArgumentError } from '../../../src/core/model/errors.js';
import { commitMessage } from '../../../src/ops/commit-message.js';
import { InvalidOpIdError } from '../../../src/ops/errors.js';
import { completedLine, linkLine, startedLine } from '../../../src/ops/lines.js';
import type { OpEnd, OpStart } from '../../../src/ops/op.js';
import { assertOpId, createOpIds, isOpId, opIdOfFile, timeOfOpId } from '../../../src/ops/op-id.js';
import { parseOpFile, startTime } from '../../../src/ops/parse.js';

const ID = '01HZZZZZZZZZZZZZZZZZZZZZZZ';
const NOW = new Date('2026-01-02T03:04:05.678Z');

describe('§13 lines of an op file', () => {
  it('started: every field in its order, context_hash cut to 16', () => {
    const line = startedLine(
      ID,
      {
        opId: ID,
        action: 'generate',
        actor: 'agent',
        tractId: 't1',
        branch: 'main',
        headBefore: 'a'.repeat(64),
        contextHash: '0123456789abcdef0123456789abcdef',
        tokenCount: 16,
        commitCount: 2,
        modelId: 'openai/gpt-4o',
        missionId: 'M-1',
        wpId: 'WP-2',
      },
      NOW,
    );
    assert.equal(
      line,
      `{"event":"started","op_id":"${ID}","action":"generate","actor":"agent","tract_id":"t1","branch":"main",` +
        `"head_before":"${'a'.repeat(64)}","context_hash":"0123456789abcdef","token_count":16,"commit_count":2,` +
        `"model_id":"openai/gpt-4o","mission_id":"M-1","wp_id":"WP-2","started_at":"2026-01-02T03:04:05.678Z"}\n`,
    );
  });

  it('nulls are left out, zero is not; a given time is kept', () => {
    const start = {
      action: 'reset',
      actor: 'user',
      branch: null,
      tokenCount: 0,
      startedAt: '2025-01-01T00:00:00+00:00',
    };
    assert.equal(
      startedLine(ID, start, NOW),
      `{"event":"started","op_id":"${ID}","action":"reset","actor":"user","token_count":0,"started_at":"2025-01-01T00:00:00+00:00"}\n`,
    );
  });

  it('completed: every field in its order, usage with the names of the file', () => {
    const usage = {
      promptTokens: 100,
      completionTokens: 50,
      totalTokens: 150,
      cacheReadTokens: 5,
      cacheWriteTokens: 0,
      reasoningTokens: 7,
    };
    assert.equal(
      completedLine(
        ID,
        { outcome: 'failed', closedBy: 'agent', headAfter: 'b', recordId: 'r1', usage, errorCode: 'RATE_LIMIT' },
        NOW,
      ),
      `{"event":"completed","op_id":"${ID}","completed_at":"2026-01-02T03:04:05.678Z","outcome":"failed","closed_by":"agent",` +
        `"head_after":"b","record_id":"r1","usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,` +
        `"cache_read_tokens":5,"cache_write_tokens":0,"reasoning_tokens":7},"error_code":"RATE_LIMIT"}\n`,
    );
    assert.equal(
      completedLine(ID, { outcome: 'done' }, NOW),
      `{"event":"completed","op_id":"${ID}","completed_at":"2026-01-02T03:04:05.678Z","outcome":"done","closed_by":"user"}\n`,
    );
  });

  it('links', () => {
    const line = `{"event":"artifact_link","op_id":"${ID}","ref":"docs/a.md","linked_at":"2026-01-02T03:04:05.678Z"}\n`;
    assert.equal(linkLine(ID, { kind: 'artifact', ref: 'docs/a.md' }, NOW), line);
    assert.equal(linkLine(ID, { kind: 'artifact_link', ref: 'docs/a.md' }, NOW), line);
    assert.match(linkLine(ID, { kind: 'commit', ref: 'abc' }, NOW), /^\{"event":"commit_link",/);
    assert.throws(() => linkLine(ID, { kind: 'x' as 'commit', ref: 'abc' }, NOW), InvalidArgumentError);
    assert.throws(() => linkLine(ID, { kind: 'commit', ref: '' }, NOW), InvalidArgumentError);
  });

  it('no message text ever: unknown fields are dropped, long or many-lined values refused', () => {
    const start = { action: 'generate', actor: 'user', text: 'SECRET', messages: ['SECRET'], error: 'SECRET' };
    const end = { outcome: 'done', text: 'SECRET', usage: { promptTokens: 1, text: 'SECRET' } };
    assert.doesNotMatch(startedLine(ID, start, NOW) + completedLine(ID, end as unknown as OpEnd, NOW), /SECRET/);
    for (const value of ['x'.repeat(201), 'two\nlines', 'tab\there', 7, {}]) {
      assert.throws(() => startedLine(ID, { ...start, missionId: value as string }, NOW), InvalidArgumentError);
      assert.throws(
        () => completedLine(ID, { outcome: 'failed', errorCode: value as string }, NOW),
        InvalidArgumentError,
      );
    }
  });

  it('what is no count, time, outcome or closer is refused; the doctor never closes as done', () => {
    const start: OpStart = { action: 'reset', actor: 'user' };
    for (const tokenCount of [-1, 1.5, Number.NaN, Infinity, '3' as unknown as number]) {
      assert.throws(() => startedLine(ID, { ...start, tokenCount }, NOW), InvalidArgumentError);
    }
    assert.throws(() => startedLine(ID, { ...start, startedAt: 'yesterday' }, NOW), InvalidArgumentError);
    assert.throws(() => startedLine(ID, { ...start, action: '' }, NOW), InvalidArgumentError);
    assert.throws(() => completedLine(ID, { outcome: 'ok' as 'done' }, NOW), InvalidArgumentError);
    assert.throws(() => completedLine(ID, { outcome: 'done', closedBy: 'root' as 'user' }, NOW), InvalidArgumentError);
    assert.throws(() => completedLine(ID, { outcome: 'done', closedBy: 'doctor' }, NOW), InvalidArgumentError);
    assert.throws(() => completedLine(ID, { outcome: 'failed', closedBy: 'doctor' }, NOW), InvalidArgumentError);
  });

  it('whatever is accepted is one line that reads back', () => {
    const value = fc.option(fc.string({ maxLength: 40, unit: 'binary' }));
    fc.assert(
      fc.property(value, value, fc.option(fc.nat()), (tractId, branch, tokenCount) => {
        let line: string;
        try {
          line = startedLine(ID, { action: 'merge', actor: 'user', tractId, branch, tokenCount }, NOW);
        } catch {
          return;
        }
        assert.equal(line.indexOf('\n'), line.length - 1);
        const { started, garbage } = parseOpFile(ID, line);
        assert.deepEqual(
          [started?.['tract_id'], started?.['branch'], started?.['token_count'], garbage],
          [tractId ?? undefined, branch ?? undefined, tokenCount ?? undefined, 0],
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('§13 ids', () => {
  it('are ULIDs of the injected clock, in the order of the calls', () => {
    let now = 1_700_000_000_000;
    const next = createOpIds(() => new Date(now));
    const ids = Array.from({ length: 50 }, () => next());
    now -= 5000;
    ids.push(next(), next());
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids).size, 52);
    assert.equal(timeOfOpId(ids[0] ?? ''), 1_700_000_000_000);
    for (const id of ids) assert.match(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  it('odd ones are refused: case, length, letters I L O U, overflow, paths, newlines, other types', () => {
    for (const id of [ID, '0'.repeat(26), '7ZZZZZZZZZZZZZZZZZZZZZZZZZ']) assert.equal(isOpId(id), true);
    const odd = [
      '',
      ID.toLowerCase(),
      ID.slice(1),
      `${ID}0`,
      `${ID}\n`,
      `8${ID.slice(1)}`,
      '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      '../../../../../../etc/passwd',
      `../${ID.slice(3)}`,
      `01HZZZZZZ/ZZZZZZZZZZZZZZZZ`,
      `01HZZZZZZ\u0000ZZZZZZZZZZZZZZZZ`,
      '０１HZZZZZZZZZZZZZZZZZZZZZZZ',
      null,
      undefined,
      7,
      {},
      [ID],
    ];
    for (const letter of 'ILOUilou-_') odd.push(`01HZZ${letter}ZZZZZZZZZZZZZZZZZZZZ`);
    for (const id of odd)
      assert.throws(() => {
        assertOpId(id);
      }, InvalidOpIdError);
  });

  it('file names', () => {
    assert.equal(opIdOfFile(`${ID}.jsonl`), ID);
    for (const name of [`${ID}.json`, `${ID}.jsonl.bak`, 'ops-index.jsonl', `${ID.toLowerCase()}.jsonl`, ID])
      assert.equal(opIdOfFile(name), undefined);
  });
});

describe('§13 reading an op file', () => {
  const started = startedLine(ID, { action: 'reset', actor: 'user', tractId: 'demo' }, NOW);
  const completed = completedLine(ID, { outcome: 'done' }, NOW);

  it('CRLF, blank lines and a byte order mark', () => {
    const op = parseOpFile(ID, `\uFEFF${started}\n  \n${completed}`.replaceAll('\n', '\r\n'));
    assert.deepEqual([op.started?.['action'], op.completed?.['outcome'], op.garbage], ['reset', 'done', 0]);
  });

  it('garbage lines are counted; torn, foreign and second lines do not complete an op', () => {
    const other = completedLine('01J00000000000000000000000', { outcome: 'done' }, NOW);
    const op = parseOpFile(
      ID,
      `${started}garbage\n[1]\n"completed"\nnull\n{"event":7}\n${other}${completed.slice(0, 30)}`,
    );
    assert.deepEqual([op.completed, op.garbage], [undefined, 7]);
    const closedTwice = parseOpFile(ID, `${started}${completed}${completed.replace('done', 'failed')}`);
    assert.deepEqual([closedTwice.completed?.['outcome'], closedTwice.garbage], ['done', 1]);
    assert.deepEqual(parseOpFile(ID, ''), { started: undefined, completed: undefined, links: [], garbage: 0 });
  });

  it('when it began: by its line, else by its id', () => {
    assert.equal(startTime(ID, parseOpFile(ID, started)), NOW.getTime());
    assert.equal(startTime(ID, parseOpFile(ID, 'torn')), timeOfOpId(ID));
  });

  it('the commit message stays one line, whatever the file says', () => {
    assert.equal(commitMessage(ID, parseOpFile(ID, started)), `op(reset): demo [01HZZZZZ]\n\nOp-Id: ${ID}\n`);
    const forged = JSON.stringify({ event: 'started', action: 'a\n\nOp-Id: x', tract_id: 'y\r\nz' });
    assert.equal(commitMessage(ID, parseOpFile(ID, forged)), `op(a Op-Id: x): y z [01HZZZZZ]\n\nOp-Id: ${ID}\n`);
    assert.equal(commitMessage(ID, parseOpFile(ID, '')), `op(unknown): tract [01HZZZZZ]\n\nOp-Id: ${ID}\n`);
  });
});
