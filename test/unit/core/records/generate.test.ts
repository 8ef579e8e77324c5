import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InvalidArgumentError,
  NoModelError,
  RequestTooLargeError,
  Tract,
  type Model,
  type ModelEvent,
  type ModelRequest,
} from '../../../../src/library.js';
import { bundleProgram, startProgram } from '../../support/programs.js';
import { failure, openTract, texts } from '../support.js';

type CallOptions = Parameters<Tract['generate']>[0];

/** Streams these events; `before` runs when the request arrives. */
function model(
  events: readonly ModelEvent[],
  before: (request: ModelRequest) => unknown = () => undefined,
): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    id: 'test/one',
    requests,
    async *send(request) {
      requests.push(request);
      await before(request);
      yield* events;
    },
  };
}
const answer: readonly ModelEvent[] = [
  { type: 'text', text: 'Hel' },
  { type: 'text', text: 'lo' },
  { type: 'usage', usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } },
  { type: 'finish', reason: 'stop', model: 'one-2026' },
];

describe('generate and its records (§7, §10)', () => {
  it('§7: one record a call with head, counts, source and the ordered effective commits; params null', async () => {
    const tract = await openTract({ model: model(answer) });
    await tract.system('You are helpful.');
    const asked = await tract.user('Hi');
    await tract.compile();
    assert.deepEqual(await tract.compileRecords(), []);
    const sent = await tract.compile();
    const result = await tract.generate();
    const [record, ...rest] = await tract.compileRecords();
    assert.equal(rest.length, 0);
    assert.ok(record);
    assert.deepEqual(
      [record.headHash, record.commitCount, record.params, record.outcome, record.finishReason, record.model],
      [asked.commitHash, 2, null, 'answered', 'stop', 'one-2026'],
    );
    assert.deepEqual([record.tokenCount, record.tokenSource], [100, 'api:100+50']);
    assert.equal(record.contextHash, sent.contextHash);
    assert.deepEqual(await tract.compileRecordCommits(record.id), sent.commitHashes);
    assert.deepEqual(await tract.compileRecordCommits('unknown'), []);
    assert.equal(record.answerHash, result.commit?.commitHash);
    assert.equal(result.commit?.generationConfig?.['model'], 'one-2026');
    assert.deepEqual(texts(await tract.compile()), ['You are helpful.', 'Hi', 'Hello']);
  });

  it('§6: the report is the truth for the head that was sent; a new commit is an estimate again', async () => {
    const tract = await openTract({ model: model(answer) });
    const { commit } = await tract.chat('Hi');
    const sent = await tract.compile({ at: 'HEAD~1' });
    assert.deepEqual([sent.tokenCount, sent.tokenSource, sent.estimatedTokens], [100, 'api:100+50', 8]);
    assert.equal((await tract.compile()).tokenSource, 'tiktoken:o200k_base');
    assert.equal(tract.head, commit?.commitHash);
  });

  it('§2, §7: reproduce gives what the model got, also after edits, annotations, compression and a merge', async () => {
    const one = model(answer);
    const tract = await openTract({ model: one });
    const target = await tract.user('a question with some words in it');
    await tract.generate();
    await tract.edit(target.commitHash, {
      content_type: 'dialogue',
      role: 'user',
      text: 'another question altogether',
    });
    await tract.generate({ temperature: 0.5 });
    await tract.annotate(target.commitHash, 'skip');
    await tract.compress({ text: 's' });
    const records = await tract.compileRecords();
    assert.deepEqual(
      records.map(({ params }) => params),
      [{ temperature: 0.5 }, null],
    );
    for (const [i, { id }] of records.entries()) {
      const context = await (await tract.compileRecord(id))?.reproduce();
      assert.deepEqual(context?.toOpenAI(), one.requests[1 - i]?.messages);
    }
    assert.deepEqual((await tract.compileRecord('unknown')) ?? null, null);
  });

  it('§7: the stable prefix is how many leading messages equal the previous record’s', async () => {
    const tract = await openTract({ model: model(answer) });
    await tract.system('You are helpful.');
    const first = await tract.user('Hi');
    await tract.generate();
    await tract.user('More');
    await tract.generate();
    await tract.edit(first.commitHash, { content_type: 'dialogue', role: 'user', text: 'Ho' });
    await tract.generate();
    const prefixes = (await tract.compileRecords()).map(({ stablePrefix }) => stablePrefix);
    assert.deepEqual(
      prefixes.map(({ messages }) => messages),
      [1, 2, 0],
    );
    assert.deepEqual(
      prefixes.map(({ tokens }) => tokens),
      [8, 13, 0],
    );
  });

  it('§10: cancelling ends the call at once, also when the model does not heed the signal', async () => {
    const stop = new AbortController();
    const deaf: Model = {
      id: 'test/deaf',
      async *send() {
        yield { type: 'text', text: 'part' };
        await new Promise(() => undefined);
      },
    };
    const tract = await openTract({ model: deaf });
    const asked = await tract.user('Hi');
    const onEvent = (): void => {
      setImmediate(() => {
        stop.abort();
      });
    };
    await assert.rejects(tract.generate({ signal: stop.signal, onEvent }), { name: 'AbortError' });
    const [record] = await tract.compileRecords();
    assert.deepEqual([record?.outcome, record?.answerHash, tract.head], ['cancelled', null, asked.commitHash]);
  });

  it('Annex A: options no call can have are refused before anything is written or sent', async () => {
    const one = model(answer);
    const tract = await openTract({ model: one });
    const asked = await tract.user('Hi');
    const bad: unknown[] = [
      5,
      { temperature: NaN },
      { temperature: 'hot' },
      { maxTokens: -1 },
      { maxTokens: 1.5 },
      { topP: 2 },
      { stop: 5 },
      { seed: 0.5 },
      { model: 5 },
      { signal: 'now' },
      { onEvent: 'log' },
    ];
    for (const options of bad) {
      await assert.rejects(tract.generate(options as CallOptions), InvalidArgumentError, JSON.stringify(options));
      await assert.rejects(tract.chat('More', options as CallOptions), InvalidArgumentError);
    }
    assert.deepEqual([tract.head, await tract.compileRecords(), one.requests], [asked.commitHash, [], []]);
  });

  it('§7: failed and cancelled calls keep their record; no answer is committed', async () => {
    const boom = Object.assign(new Error('boom'), { code: 'RATE_LIMIT' });
    const tract = await openTract();
    const asked = await tract.user('Hi');
    const failing = model(answer.slice(0, 1), () => Promise.reject(boom));
    assert.equal(await failure(tract.generate({ model: failing })), boom);
    const stop = new AbortController();
    const cancelled = model(answer, () => {
      stop.abort();
    });
    await failure(tract.generate({ model: cancelled, signal: stop.signal }));
    const records = await tract.compileRecords();
    assert.deepEqual(
      records.map(({ outcome, errorCode }) => [outcome, errorCode]),
      [
        ['cancelled', 'CANCELLED'],
        ['failed', 'RATE_LIMIT'],
      ],
    );
    assert.equal(tract.head, asked.commitHash);
  });

  it('§10: in a batch, without a model, without room: a clear error, no record and no request', async () => {
    const one = model(answer);
    const tract = await openTract();
    assert.ok((await failure(tract.generate({ model: one }))) instanceof Error);
    await tract.user('Hi there');
    assert.ok((await failure(tract.generate())) instanceof NoModelError);
    const { head } = tract;
    assert.ok((await failure(tract.chat('x'))) instanceof NoModelError);
    const inBatch = tract.batch((inner) => inner.generate({ model: one }));
    assert.ok((await failure(inBatch)) instanceof InvalidArgumentError);
    const small = { ...one, contextWindow: 5 };
    assert.ok((await failure(tract.generate({ model: small }))) instanceof RequestTooLargeError);
    assert.deepEqual([tract.head, one.requests.length, (await tract.compileRecords()).length], [head, 0, 0]);
  });

  it('§10: HEAD moved while the model answered: on the branch it was asked from, or a new `<branch>-answer-<id8>`', async () => {
    const tract = await openTract();
    const asked = await tract.user('Hi');
    const away = await tract.generate({ model: model(answer, () => tract.branch('elsewhere')) });
    assert.equal(tract.currentBranch, 'elsewhere');
    assert.equal(await tract.resolveCommit('main'), away.commit?.commitHash);
    await tract.checkout('main');
    const other = await tract.generate({ model: model(answer, () => tract.user('meanwhile')) });
    const branch = (await tract.branches()).find(({ name }) => name.startsWith('main-answer-'));
    assert.equal(branch?.head, other.commit?.commitHash);
    assert.equal(branch?.name, other.answerBranch);
    assert.equal(other.commit?.parentHash, away.commit?.commitHash);
    assert.ok(asked);
  });

  it('§7: the record is durable and pending before the request leaves: seen in the folder from inside send', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tract-pending-'));
    const seen: unknown[] = [];
    const look = async () => {
      const reader = await Tract.open({ directory, readOnly: true });
      seen.push(...(await reader.compileRecords()).map(({ outcome }) => outcome));
      await reader.close();
    };
    const tract = await Tract.open({ directory, verifyCache: true, model: model(answer, look) });
    await tract.chat('Hi');
    assert.deepEqual(seen, ['pending']);
    await tract.close();
    await rm(directory, { recursive: true });
  });

  it('§7, §16: kill -9 in the middle of a call leaves an interrupted record that reproduces', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tract-killed-'));
    const program = await bundleProgram(new URL('./call-and-hang.ts', import.meta.url));
    const child = startProgram(program, directory);
    child.stderr.pipe(process.stderr);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const tract = await Tract.open({ directory, verifyCache: true });
    const [record] = await tract.compileRecords();
    assert.equal(record?.outcome, 'interrupted');
    assert.deepEqual(texts((await (await tract.compileRecord(record.id))?.reproduce()) ?? (await tract.compile())), [
      'Hi',
    ]);
    await tract.close();
    await rm(directory, { recursive: true });
  });
});
