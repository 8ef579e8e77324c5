import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from '../support/fast-check.js';
import { InvalidArgumentError, openStore } from '../../../src/library.js';
import { UnknownTranscriptError } from '../../../src/transcripts/errors.js';
import { shownTime } from '../../../src/core/model/shown-time.js';
import type { ImportReport } from '../../../src/transcripts/import.js';
import { importTranscript } from '../../../src/transcripts/node/import-transcript.js';
import { ClaudeLines, text, tool } from './claude-lines.js';
import { pieces } from './reading.js';

type Store = Awaited<ReturnType<typeof openStore>>;

const options = {
  verifyCache: true,
  tokenCounter: (value: string) => Math.ceil(value.length / 4),
  clock: () => new Date('2026-06-01T00:00:00Z'),
};

function open(): Promise<Store> {
  return openStore(options);
}

function importText(store: Store, source: string, pieceBytes = 4096): Promise<ImportReport> {
  return importTranscript(pieces(new TextEncoder().encode(source), pieceBytes), { store });
}

/** Everything of a store that an import decides. */
function contents(store: Store): unknown {
  const { storage } = store;
  return {
    commits: [...storage.commitHashes()].sort(),
    tracts: storage.tracts().map((tract) => ({
      tract,
      // HEAD is the person's after the first import (Annex B.9).
      refs: [...storage.refs(tract.tractId)].filter(([name]) => name !== 'HEAD'),
      records: storage.records(tract.tractId, { limit: 1000 }),
      usage: storage
        .records(tract.tractId, { limit: 1000 })
        .map((record) => storage.latestUsage(record.headHash, '')?.usage ?? null),
    })),
  };
}

function session(): ClaudeLines {
  return new ClaudeLines()
    .user('u1', 'do it')
    .assistant('a1', 'm1', [{ type: 'thinking', thinking: 'hm' }])
    .assistant('a2', 'm1', tool('t1'))
    .assistant('a3', 'm1', tool('t2'))
    .result('r2', 't2', 'two', { parentUuid: 'a3' })
    .result('r1', 't1', 'one', { parentUuid: 'a2' })
    .assistant('a4', 'm2', text('Done.'))
    .user('u2', 'more')
    .assistant('a5', 'm3', text('More.'));
}

async function* textPieces(source: string): AsyncGenerator<string> {
  for (const unit of source.split('')) yield await Promise.resolve(unit);
}

describe('Importing a transcript (§14, Annex B.15)', () => {
  it('makes commits, records with reported usage and a report', async () => {
    const store = await open();
    const report = await importText(store, session().text);
    assert.deepEqual(report, {
      tracts: ['session-1'],
      format: 'claude-code',
      added: { commits: 9, records: 3 },
      calls: 3,
      toolCalls: 2,
      toolResults: 2,
      usage: {
        promptTokens: 45,
        completionTokens: 17,
        totalTokens: 62,
        cacheReadTokens: 15,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      },
      skipped: [],
      pending: 0,
      agents: [],
    });
    const tract = store.tract('session-1');
    const context = await tract.compile();
    assert.deepEqual(
      context.messages.map(({ role, content }) => [role, content]),
      [
        ['user', 'do it'],
        ['tool', ''],
        ['tool', ''],
        ['tool', 'Read → one'],
        ['tool', 'Read → two'],
        ['assistant', 'Done.'],
        ['user', 'more'],
        ['assistant', 'More.'],
      ],
    );
    const [newest] = await tract.compileRecords();
    assert.ok(newest);
    assert.deepEqual(
      [newest.outcome, newest.model, newest.provider, newest.tokenSource, newest.commitCount, newest.createdAt],
      ['answered', 'claude-test', 'anthropic', 'api:15+8', 7, '2026-01-01T00:00:08+00:00'],
    );
    assert.equal(newest.answerHash, tract.head);
    assert.equal((await tract.compile({ at: newest.headHash })).tokenCount, 15);
    const whole = await tract.compileRecord(newest.id);
    assert.equal((await whole?.reproduce())?.contextHash, newest.contextHash);
    assert.equal(store.storage.tract('session-1')?.name, 'do it');
    const [commit] = await tract.log({ limit: 1 });
    assert.equal(commit?.createdAt, '2026-01-01T00:00:08+00:00');
    assert.deepEqual(commit.metadata, { transcript: { session: 'session-1', id: 'a5', call: 'm3' } });
  });

  it('adds nothing the second time, and moves nothing', async () => {
    const store = await open();
    await importText(store, session().text);
    const before = contents(store);
    const log = store.storage.refLog('session-1', { limit: 10 });
    const again = await importText(store, session().text, 13);
    assert.deepEqual(again.added, { commits: 0, records: 0 });
    assert.deepEqual(contents(store), before);
    assert.deepEqual(store.storage.refLog('session-1', { limit: 10 }), log);
    assert.deepEqual(
      log.map(({ action }) => action),
      ['import'],
    );
  });

  it('in any two parts gives the same store as at once', async () => {
    const file = session()
      .user('f1', 'instead', { parentUuid: 'a4' })
      .assistant('a6', 'm4', tool('t3', 'Task', { prompt: 'Look' }))
      .user('s1', 'Look', { isSidechain: true, parentUuid: null })
      .assistant('s2', 'n1', text('Seen.'), { isSidechain: true, parentUuid: 's1' })
      .result('r3', 't3', 'Seen.', { parentUuid: 'a6' })
      .add({ type: 'system', subtype: 'compact_boundary', uuid: 'c1', parentUuid: null, logicalParentUuid: 'r3' })
      .user('c2', 'Summary.', { isCompactSummary: true })
      .assistant('a7', 'm5', text('On.'));
    const once = await open();
    await importText(once, file.text);
    const bytes = new TextEncoder().encode(file.text);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: bytes.length }), async (cut) => {
        const store = await open();
        await importTranscript(pieces(bytes.subarray(0, cut), 4096), { store });
        await importText(store, file.text);
        assert.deepEqual(contents(store), contents(once));
      }),
      { numRuns: 40 },
    );
  });

  it('makes branches of forks, main the line written first, HEAD on the line written last', async () => {
    const store = await open();
    const file = session().user('u3-0000-x', 'instead', { parentUuid: 'a4' }).assistant('a6', 'm4', text('Other.'));
    await importText(store, file.text);
    const tract = store.tract('session-1');
    assert.equal(tract.currentBranch, 'fork-u3-0000-');
    const names = (await tract.branches()).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['fork-u3-0000-', 'main']);
    const text1 = async (at: string): Promise<string | undefined> =>
      (await tract.compile({ at })).messages.at(-1)?.content;
    assert.equal(await text1('main'), 'More.');
    assert.equal(await text1('HEAD'), 'Other.');
    assert.deepEqual(
      [...store.storage.refs('session-1', 'refs/import/').keys()],
      ['refs/import/session-1/u1', 'refs/import/session-1/u3-0000-x'],
    );
  });

  it('lets a branch follow its line until the person commits there (Annex B.9)', async () => {
    const store = await open();
    const file = session();
    await importText(store, file.text);
    const tract = store.tract('session-1');
    const first = tract.head;
    await importText(store, file.user('u3', 'third').text);
    assert.notEqual(tract.head, first);
    const own = await tract.user('mine');
    const report = await importText(store, file.assistant('a9', 'm9', text('Fourth.')).text);
    assert.deepEqual(report.added, { commits: 1, records: 1 });
    assert.equal(tract.head, own.commitHash);
    assert.notEqual(store.storage.ref('session-1', 'refs/import/session-1/u1'), own.parentHash);
  });

  it('leaves a branch alone that the person reset, and one that was deleted', async () => {
    const store = await open();
    const file = session().user('v1', 'instead', { parentUuid: 'a4' });
    await importText(store, file.text);
    const tract = store.tract('session-1');
    await tract.checkout('main');
    const before = tract.head;
    await tract.deleteBranch('fork-v1', { force: true });
    await tract.reset('HEAD~2', { mode: 'soft' });
    const reset = tract.head;
    await importText(store, file.user('v2', 'on').user('u9', 'on', { parentUuid: 'a5' }).text);
    assert.equal(tract.head, reset);
    assert.notEqual(reset, before);
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['main'],
    );
  });

  it('makes child tracts of sub-agents, spawned from their call', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-import-'));
    try {
      const path = join(folder, 'session-1.jsonl');
      const file = new ClaudeLines()
        .user('u1', 'go')
        .assistant('a1', 'm1', tool('t1', 'Task', { prompt: 'Look' }))
        .result('r1', 't1', 'Seen.', { toolUseResult: { agentId: 'abc', status: 'completed' } })
        .assistant('a2', 'm2', text('Done.'));
      const agent = new ClaudeLines()
        .user('s1', 'Look', { isSidechain: true, agentId: 'abc' })
        .assistant('s2', 'n1', text('Seen.'), { isSidechain: true, agentId: 'abc' });
      await writeFile(path, file.text);
      await mkdir(join(folder, 'session-1', 'subagents'), { recursive: true });
      await writeFile(join(folder, 'session-1', 'subagents', 'agent-abc.jsonl'), agent.text);
      await writeFile(join(folder, 'agent-old.jsonl'), agent.text.replaceAll('"abc"', '"old"'));
      await writeFile(join(folder, 'agent-foreign.jsonl'), agent.text.replaceAll('session-1', 'session-2'));
      const store = await open();
      const report = await importTranscript(path, { store });
      assert.deepEqual(report.tracts, ['session-1', 'session-1.abc', 'session-1.old']);
      assert.equal(report.calls, 2);
      assert.deepEqual(
        report.agents.map(({ agentId, calls, added }) => [agentId, calls, added.commits]),
        [
          ['abc', 1, 2],
          ['old', 1, 0],
        ],
      );
      const child = store.storage.tract('session-1.abc');
      assert.equal(child?.spawn?.tractId, 'session-1');
      const call = store.storage.commit(child.spawn.commitHash ?? '');
      assert.deepEqual(call?.metadata?.['transcript'], { session: 'session-1', id: 'a1', call: 'm1' });
      assert.deepEqual((await importTranscript(path, { store })).added, { commits: 0, records: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('§14: links a sub-agent that has not answered by its prompt, each of two with one prompt to a call of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-import-'));
    try {
      const path = join(folder, 'session-1.jsonl');
      const file = new ClaudeLines()
        .user('u1', 'go')
        .assistant('a1', 'm1', tool('t1', 'Task', { prompt: 'Look' }))
        .assistant('a2', 'm1', tool('t2', 'Task', { prompt: 'Look' }))
        .result('r2', 't2', 'Seen.', { toolUseResult: { agentId: 'two', status: 'completed' } });
      await writeFile(path, file.text);
      const folderOfAgents = join(folder, 'session-1', 'subagents');
      await mkdir(folderOfAgents, { recursive: true });
      for (const agentId of ['one', 'two']) {
        const agent = new ClaudeLines().user(`s-${agentId}`, 'Look\n', { isSidechain: true, agentId });
        await writeFile(join(folderOfAgents, `agent-${agentId}.jsonl`), agent.text);
      }
      const store = await open();
      await importTranscript(path, { store });
      const callOf = (tractId: string): unknown => {
        const hash = store.storage.tract(tractId)?.spawn?.commitHash ?? '';
        const calls = store.storage.commit(hash)?.metadata?.['tool_calls'];
        return Array.isArray(calls) ? (calls[0] as { id: string }).id : null;
      };
      assert.deepEqual([callOf('session-1.one'), callOf('session-1.two')], ['t1', 't2']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('turns a compaction into a compress commit whose sources leave the context', async () => {
    const store = await open();
    const file = session()
      .add({ type: 'system', subtype: 'compact_boundary', uuid: 'c1', parentUuid: null, logicalParentUuid: 'a5' })
      .user('c2', 'Summary.', { isCompactSummary: true })
      .user('u3', 'go on');
    await importText(store, file.text);
    const tract = store.tract('session-1');
    assert.deepEqual(
      (await tract.compile()).messages.map(({ role, content }) => [role, content]),
      [
        ['user', 'Summary.'],
        ['user', 'go on'],
      ],
    );
    const [, summary] = await tract.log({ limit: 2 });
    assert.equal(summary?.operation, 'compress');
  });

  it('skips a retry’s broken answer and edits a rewritten one', async () => {
    const store = await open();
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('brok'))
      .assistant('a2', 'm2', text('Hel'), { parentUuid: 'u1' })
      .assistant('a3', 'm2', text('Hello'), { parentUuid: 'u1' });
    await importText(store, file.text);
    assert.deepEqual(
      (await store.tract('session-1').compile()).messages.map(({ content }) => content),
      ['one', 'Hello'],
    );
  });

  it('cancelled, keeps a prefix that a later import completes', async () => {
    const store = await open();
    const controller = new AbortController();
    const bytes = new TextEncoder().encode(session().text);
    const running = importTranscript(pieces(bytes, 300), {
      store,
      signal: controller.signal,
      onProgress: ({ bytes: read }) => {
        if (read > 900) controller.abort(new Error('enough'));
      },
    });
    await assert.rejects(running, /enough/);
    const part = (await store.tract('session-1').status()).commitCount;
    assert.ok(part > 0 && part < 9);
    const whole = await open();
    await importText(whole, session().text);
    await importText(store, session().text);
    assert.deepEqual(contents(store), contents(whole));
  });

  it('shows what each batch brought, and ends as one entry of the ref log and one op', async () => {
    const store = await open();
    const file = new ClaudeLines();
    for (let index = 0; index < 1000; index++) file.user(`u${index}`, `text ${index}`);
    file.user('f1', 'back', { parentUuid: 'u10' });
    const heads = new Set<string | null>();
    const seen: number[] = [];
    const report = await importTranscript(pieces(new TextEncoder().encode(file.text), 4096), {
      store,
      onProgress: ({ commits }) => {
        seen.push(commits);
        if (commits > 0) heads.add(store.tract('session-1').head);
      },
    });
    assert.equal(report.added.commits, 1001);
    assert.ok(heads.size > 1 && seen.every((count, index) => count >= (seen[index - 1] ?? 0)));
    assert.equal(store.tract('session-1').currentBranch, 'fork-f1');
    const log = store.storage.refLog('session-1', { limit: 10 });
    assert.deepEqual(
      log.map(({ changes }) => changes.map(({ ref, before }) => [ref, before])),
      [
        [
          ['refs/import/session-1/u0', null],
          ['refs/heads/main', null],
          ['HEAD', null],
          ['refs/import/session-1/f1', null],
          ['refs/heads/fork-f1', null],
        ],
      ],
    );
    assert.deepEqual(
      store.storage
        .ops({ limit: 10 })
        .map(({ action, outcome, headBefore, headAfter }) => [action, outcome, headBefore, headAfter]),
      [['import', 'done', null, store.tract('session-1').head]],
    );
  });

  it('changes nothing for a file that is no transcript, or is not there', async () => {
    const store = await open();
    await assert.rejects(importText(store, '{"a":1}'), UnknownTranscriptError);
    await assert.rejects(importTranscript('/nowhere/x.jsonl', { store }), { code: 'TRANSCRIPT_FILE' });
    await assert.rejects(importTranscript(tmpdir(), { store }), { code: 'TRANSCRIPT_FILE' });
    assert.deepEqual(store.tracts(), []);
  });

  it('Annex B.15: refuses what is neither path nor stream, a missing store and an unknown format', async () => {
    const store = await openStore();
    const bad: readonly (readonly unknown[])[] = [
      [5, { store }],
      [null, { store }],
      ['/x.jsonl', undefined],
      ['/x.jsonl', {}],
      ['/x.jsonl', { store, format: 'word' }],
    ];
    for (const given of bad)
      await assert.rejects(
        importTranscript(...(given as Parameters<typeof importTranscript>)),
        InvalidArgumentError,
        JSON.stringify(given[0]),
      );
    assert.deepEqual(store.tracts(), []);
  });

  it('reads a stream of text whose pieces part a character', async () => {
    const file = new ClaudeLines().user('u1', 'a 😀 smile').text;
    const store = await openStore();
    const { tracts } = await importTranscript(textPieces(file), { store });
    const tract = store.tract(tracts[0] ?? '');
    assert.equal((await tract.compile()).messages[0]?.content, 'a 😀 smile');
  });

  it('keeps two calls apart that differ in their tool ids only', async () => {
    const store = await open();
    const list = (id: string): string =>
      JSON.stringify([
        { role: 'user', content: 'x' },
        { role: 'assistant', tool_calls: [{ id, function: { name: 'f', arguments: '{}' } }] },
      ]);
    const first = await importText(store, list('c1'));
    const second = await importText(store, list('c2'));
    assert.deepEqual([first.added.commits, second.added.commits, second.calls], [2, 1, 0]);
    assert.equal((await importText(store, list('c2'))).added.commits, 0);
    const names = (await store.tract(first.tracts[0] ?? '').branches()).map(({ name }) => name);
    assert.equal(names.length, 2);
  });

  it('§4: messages without a time have one fixed, hashed time, and are shown when they were imported', async () => {
    const chat = JSON.stringify([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'Hi.' },
    ]);
    const tips: (string | undefined)[] = [];
    for (const now of ['2026-06-01T00:00:00Z', '2027-01-01T12:30:00Z']) {
      const store = await openStore({ ...options, clock: () => new Date(now) });
      const { tracts } = await importText(store, chat);
      const [tractId = ''] = tracts;
      const tip = store.storage.ref(tractId, 'refs/heads/main') ?? '';
      const commit = store.storage.commit(tip);
      const shown = now.replace('Z', '+00:00');
      assert.equal(commit?.timestampIso, '1970-01-01T00:00:00+00:00');
      assert.equal(shownTime(commit.timestampIso, commit.metadata), shown);
      assert.equal(store.storage.tract(tractId)?.createdAt, shown);
      tips.push(tip);
      await store.close();
    }
    assert.equal(tips[0], tips[1]);
    assert.equal(shownTime('2026-01-01T00:00:00+00:00', { transcript: { session: 's' } }), '2026-01-01T00:00:00+00:00');
    assert.equal(shownTime('2026-01-01T00:00:00+00:00', null), '2026-01-01T00:00:00+00:00');
  });

  it('imports every other format too', async () => {
    const store = await open();
    for (const source of [
      '## User\n\nhi\n\n## Assistant\n\nhello\n',
      JSON.stringify({ system: 'S', messages: [{ role: 'user', content: 'hi' }] }),
      JSON.stringify({ requests: [{ requestId: 'q', message: { text: 'hi' }, response: [{ value: 'yes' }] }] }),
      '{"timestamp":"2026-01-01T00:00:00Z","type":"session_meta","payload":{"id":"t","instructions":"I"}}\n',
      JSON.stringify({ instructions: 'Be brief.', input: 'hi' }),
    ]) {
      const report = await importText(store, source);
      assert.ok(report.added.commits > 0, source);
      assert.deepEqual((await importText(store, source)).added, { commits: 0, records: 0 });
    }
  });
});
