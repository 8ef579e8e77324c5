import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../../../src/core/ports/model.js';
import { Tract } from '../../../src/library.js';
import { anthropicModel } from '../../../src/llm/anthropic.js';
import type { HttpModelOptions } from '../../../src/llm/http-model.js';
import { openAIChatModel } from '../../../src/llm/openai-chat.js';
import { openAIResponsesModel } from '../../../src/llm/openai-responses.js';
import { answer, hangUp, startLlmServer, status, type LlmServer, type Wire } from '../../fixtures/llm-server.js';
import { failure, openTract, texts } from '../core/support.js';

const KEY = 'sk-test-KEEP-0f1e2d3c4b5a';
const TOOL = { type: 'function', function: { name: 'add', description: 'Adds.', parameters: { type: 'object' } } };

interface Provider {
  readonly wire: Wire;
  readonly make: (options: HttpModelOptions) => Model;
  readonly base: 'openAI' | 'anthropic';
  /** As the provider reports them; prompt 100 with 64 read from the cache, completion 50. */
  readonly usage: object;
}

const PROVIDERS: readonly Provider[] = [
  {
    wire: 'chat',
    make: openAIChatModel,
    base: 'openAI',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64 },
    },
  },
  {
    wire: 'responses',
    make: openAIResponsesModel,
    base: 'openAI',
    usage: { input_tokens: 100, output_tokens: 50, total_tokens: 150, input_tokens_details: { cached_tokens: 64 } },
  },
  {
    wire: 'anthropic',
    make: anthropicModel,
    base: 'anthropic',
    usage: { input_tokens: 30, output_tokens: 50, cache_read_input_tokens: 64, cache_creation_input_tokens: 6 },
  },
];

/** Issue 6, "All of these hold": records of real calls, for each provider. */
for (const { wire, make, base, usage } of PROVIDERS) {
  describe(`records of calls over a loopback server: ${wire} (§7, §10)`, () => {
    let server: LlmServer;
    let model: Model;
    before(async () => {
      server = await startLlmServer();
      const runtime = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };
      model = make({ model: 'fake-1', baseURL: server[base], apiKey: () => Promise.resolve(KEY), runtime });
    });
    after(() => server.close());
    beforeEach(() => {
      server.reset();
    });

    it('generate: one record with head, counts and source; the report belongs to the head that was sent (§6)', async () => {
      const tract = await openTract({ model });
      await tract.system('You are helpful.');
      const asked = await tract.user('Hi');
      const before = await tract.compile();
      assert.deepEqual(await tract.compileRecords(), [], 'a manual compile makes none');
      server.enqueue(answer({ text: 'Hello', usage, startUsage: usage }));
      await tract.generate();
      const records = await tract.compileRecords();
      assert.deepEqual(
        records.map((record) => [record.headHash, record.commitCount, record.tokenCount, record.tokenSource]),
        [[asked.commitHash, 2, 100, 'api:100+50']],
      );
      const [record] = records;
      assert.deepEqual([record?.params, record?.outcome, record?.model], [null, 'answered', 'fake-1']);
      assert.deepEqual([record?.usage?.promptTokens, record?.usage?.cacheReadTokens], [100, 64]);
      assert.ok((record?.latencyMs ?? -1) >= 0 && record?.finishReason);
      assert.deepEqual(await tract.compileRecordCommits(record.id), before.commitHashes);
      const sent = await tract.compile({ at: asked.commitHash });
      assert.deepEqual([sent.tokenCount, sent.tokenSource, sent.estimatedTokens], [100, 'api:100+50', 16]);
      const now = await tract.compile();
      assert.deepEqual([now.tokenSource, now.tokenCount], ['tiktoken:o200k_base', now.estimatedTokens]);
    });

    it('chat: the same; three calls make three records, newest first, that survive reopening', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'tract-records-'));
      const tract = await Tract.open({ directory, model });
      const heads: string[] = [];
      for (const text of ['one', 'two', 'three']) heads.unshift((await tract.chat(text)).record.headHash);
      const records = await tract.compileRecords();
      assert.deepEqual(
        records.map(({ headHash, params, outcome }) => [headHash, params, outcome]),
        heads.map((head) => [head, null, 'answered']),
      );
      await tract.close();
      const again = await Tract.open({ directory });
      assert.deepEqual(await again.compileRecords(), records);
      assert.deepEqual(
        records.map(({ stablePrefix }) => stablePrefix.messages),
        [3, 1, 0],
      );
      await again.close();
      await rm(directory, { recursive: true });
    });

    it('reproduce() gives back, byte for byte, what the server received, whatever was done since', async () => {
      const tract = await openTract({ model });
      await tract.commit({ content_type: 'config', settings: { tools: [TOOL] } });
      await tract.system('Du hilfst gern. \u{1F600}');
      const asked = await tract.user('What is 2+2?');
      server.enqueue(answer({ toolCalls: [{ id: 'call_1', name: 'add', pieces: ['{"a":2', ',"b":2}'] }] }));
      await tract.generate();
      const result = { content_type: 'tool_io', tool_name: 'add', direction: 'result', payload: { sum: 4 } } as const;
      await tract.commit({ ...result, status: 'success' }, { metadata: { tool_call_id: 'call_1' } });
      server.enqueue(answer({ text: 'Four.', reasoning: 'I add.' }));
      await tract.generate({ temperature: 0.5 });
      await tract.edit(asked.commitHash, { content_type: 'dialogue', role: 'user', text: 'What is 3+3?' });
      await tract.compress({ range: [asked.commitHash], text: 's' });
      const records = (await tract.compileRecords()).toReversed();
      assert.equal(server.requests.length, 2);
      for (const [i, { id, params, stablePrefix }] of records.entries()) {
        const context = await (await tract.compileRecord(id))?.reproduce();
        assert.ok(context);
        const request = {
          messages: context.toOpenAI(),
          tools: context.tools ?? [],
          params,
          stablePrefix: stablePrefix.messages,
        };
        for await (const _event of model.send(request, { signal: new AbortController().signal }));
        assert.deepEqual(server.requests[records.length + i]?.body, server.requests[i]?.body);
      }
    });

    it('a call that fails once and then succeeds is one record; one that fails for good is a failed one', async () => {
      const tract = await openTract({ model });
      await tract.user('Hi');
      server.enqueue(status(429, {}, { 'retry-after': '1' }), hangUp(), status(500), answer({ text: 'Hello' }));
      await tract.generate();
      server.enqueue(answer({}, { events: -2, then: 'cut' }));
      await failure(tract.generate());
      assert.deepEqual(
        (await tract.compileRecords()).map(({ outcome, errorCode }) => [outcome, errorCode]),
        [
          ['failed', 'MODEL_STREAM_CUT'],
          ['answered', null],
        ],
      );
      assert.deepEqual(texts(await tract.compile()), ['Hi', 'Hello']);
    });

    it('usage that cannot be understood never costs the answer, and is never labelled as reported', async () => {
      const tract = await openTract({ model });
      for (const bad of ['many', { tokens: 5 }, { prompt_tokens: -1, completion_tokens: 1 }]) {
        server.enqueue(answer({ text: 'Hello', usage: bad, startUsage: {} }));
        const { record } = await tract.chat('Hi');
        assert.deepEqual([record.outcome, record.usage], ['answered', null]);
        assert.match(record.tokenSource, /^tiktoken:/);
      }
    });

    it('the key is in no file of the store, no export, no error and no record (§17)', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'tract-secrets-'));
      const ops = { durability: 'files', directory } as const;
      const tract = await Tract.open({ directory: join(directory, 'store'), model, ops });
      await tract.chat('Hi');
      server.enqueue(status(401, { error: { message: `Incorrect API key provided: ${KEY}`, code: KEY } }));
      const error = await failure(tract.generate());
      const records = await tract.compileRecords();
      await tract.exportTo(join(directory, 'exported.json'));
      await tract.close();
      assert.equal(server.requests.length, 2);
      const told = [error.message, error.stack, JSON.stringify(error), JSON.stringify(records)].join(' ');
      assert.doesNotMatch(told, /KEEP/);
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      assert.ok(files.some((file) => file.endsWith('.tract')) && files.some((file) => file.endsWith('.jsonl')));
      for (const file of files) assert.ok(!(await readFile(file)).includes('KEEP'), file);
      await rm(directory, { recursive: true });
    });
  });
}
