import assert from 'node:assert/strict';
import { InvalidArgumentError, TractError } from '../../../src/core/model/errors.js';
import type { Model, ModelEvent, ModelRequest } from '../../../src/core/ports/model.js';
import { normalizeUsage } from '../../../src/core/records/usage.js';
import { anthropicModel } from '../../../src/llm/anthropic.js';
import type { HttpModelOptions } from '../../../src/llm/http-model.js';
import { openAIChatModel } from '../../../src/llm/openai-chat.js';
import { openAIResponsesModel } from '../../../src/llm/openai-responses.js';
import {
  answer,
  hangUp,
  headersOnly,
  silence,
  startLlmServer,
  status,
  type LlmServer,
  type Wire,
} from '../../fixtures/llm-server.js';

const KEY = 'sk-test-0123456789abcdef';
const SECRET_TEXT = 'the launch code is violet-giraffe-77';

const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', content: 'You are helpful.' },
    { role: 'user', content: SECRET_TEXT },
  ],
  tools: [],
  params: null,
};

const PROTOCOLS: readonly { wire: Wire; make: (options: HttpModelOptions) => Model; base: 'openAI' | 'anthropic' }[] = [
  { wire: 'chat', make: openAIChatModel, base: 'openAI' },
  { wire: 'responses', make: openAIResponsesModel, base: 'openAI' },
  { wire: 'anthropic', make: anthropicModel, base: 'anthropic' },
];

async function collect(model: Model, request = REQUEST, signal = new AbortController().signal): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.send(request, { signal })) events.push(event);
  return events;
}

function joined(events: readonly ModelEvent[], type: 'text' | 'reasoning'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('');
}

function usageOf(events: readonly ModelEvent[]): unknown {
  return events.find((event) => event.type === 'usage')?.usage;
}

/** The error of a call that must fail, after checking that it gives nothing away. */
async function failure(run: Promise<unknown>, code: string): Promise<TractError> {
  const error = await run.then(
    () => assert.fail('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TractError, String(error));
  assert.equal(error.code, code, error.message);
  const everything = `${error.message} ${JSON.stringify(error)} ${String(error.stack)} ${String(error.cause)}`;
  assert.doesNotMatch(everything, /sk-test|0123456789abcdef|violet|giraffe|authorization|x-api-key/i);
  return error;
}

for (const { wire, make, base } of PROTOCOLS) {
  describe(`provider over a loopback server: ${wire} (SPEC §10)`, () => {
    let server: LlmServer;
    let pauses: number[];
    before(async () => {
      server = await startLlmServer();
    });
    after(() => server.close());
    beforeEach(() => {
      server.reset();
      pauses = [];
    });

    function model(options: Partial<HttpModelOptions> = {}): Model {
      return make({
        model: 'fake-1',
        baseURL: server[base],
        apiKey: () => Promise.resolve(KEY),
        runtime: {
          now: () => Date.parse('2026-01-01T00:00:00Z'),
          random: () => 1,
          sleep: (ms) => {
            pauses.push(ms);
            return Promise.resolve();
          },
        },
        ...options,
      });
    }

    it('streams text, then usage, then finish with the model that answered', async () => {
      server.enqueue(answer({ text: 'Grüße, 世界! 👋', model: 'fake-1-2026' }));
      const events = await collect(model());
      assert.equal(joined(events, 'text'), 'Grüße, 世界! 👋');
      assert.deepEqual(
        events.slice(-2).map(({ type }) => type),
        ['usage', 'finish'],
      );
      const usage = normalizeUsage(usageOf(events));
      assert.deepEqual([usage.promptTokens, usage.completionTokens], [9, 4]);
      const finish = events.at(-1);
      assert.ok(finish?.type === 'finish');
      assert.equal(finish.model, 'fake-1-2026');
      assert.equal(finish.reason, { chat: 'stop', responses: 'completed', anthropic: 'end_turn' }[wire]);
    });

    it('puts characters together that arrive byte by byte', async () => {
      server.enqueue(answer({ text: '世界👋é' }, { chunkBytes: 3 }));
      assert.equal(joined(await collect(model()), 'text'), '世界👋é');
    });

    it('hands out pieces while the answer is still coming', async () => {
      server.enqueue(answer({ text: 'first second third' }, { events: wire === 'chat' ? 2 : 4, then: 'stall' }));
      const controller = new AbortController();
      for await (const event of model().send(REQUEST, { signal: controller.signal })) {
        assert.deepEqual(event, { type: 'text', text: 'first s' });
        break;
      }
      await server.requests[0]?.aborted;
    });

    it('assembles tool calls that come in pieces, one event each', async () => {
      const toolCalls = [
        { id: 'call_a', name: 'add', pieces: ['{"a":', '1,"b"', ':2}'] },
        { id: 'call_b', name: 'search', pieces: ['{"q":"x', '"}'] },
      ];
      server.enqueue(answer({ toolCalls }));
      const events = await collect(model());
      assert.deepEqual(
        events.filter(({ type }) => type === 'toolCall'),
        [
          { type: 'toolCall', id: 'call_a', name: 'add', arguments: '{"a":1,"b":2}' },
          { type: 'toolCall', id: 'call_b', name: 'search', arguments: '{"q":"x"}' },
        ],
      );
    });

    it('keeps reasoning apart from text', async () => {
      server.enqueue(answer({ reasoning: 'Let me think about it.', text: 'Yes.' }));
      const events = await collect(model());
      assert.equal(joined(events, 'reasoning'), 'Let me think about it.');
      assert.equal(joined(events, 'text'), 'Yes.');
    });

    it('sends no usage event when the provider reports none', async () => {
      server.enqueue(answer({ usage: null }));
      const events = await collect(model());
      assert.equal(usageOf(events), undefined);
      assert.equal(events.at(-1)?.type, 'finish');
    });

    for (const usage of ['many', [1, 2], { tokens: 5 }, { prompt_tokens: -1, completion_tokens: 1 }] as const) {
      it(`hands on usage of a wrong shape, for the caller to refuse: ${JSON.stringify(usage)}`, async () => {
        server.enqueue(answer({ usage, startUsage: {} }));
        const events = await collect(model());
        assert.equal(joined(events, 'text'), 'Hello from the model.');
        assert.throws(() => normalizeUsage(usageOf(events)), { code: 'CONTENT_VALIDATION' });
      });
    }

    it('tries again after 429, as late as retry-after says, with the same bytes', async () => {
      server.enqueue(status(429, { error: { message: 'slow down' } }, { 'retry-after': '2' }));
      assert.equal(joined(await collect(model()), 'text'), 'Hello from the model.');
      assert.deepEqual(pauses, [2000]);
      const [first, second] = server.requests;
      assert.ok(first && second);
      assert.deepEqual(second.body, first.body);
      assert.equal(server.requests.length, 2);
    });

    it('reads retry-after as a date too', async () => {
      server.enqueue(status(429, {}, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }));
      await collect(model());
      assert.deepEqual(pauses, [7000]);
    });

    it('fails at once when asked to wait for longer than the limit', async () => {
      server.enqueue(status(429, {}, { 'retry-after': '3600' }));
      const error = await failure(collect(model()), 'MODEL_RATE_LIMIT');
      assert.match(error.message, /asks to wait 3600 s/);
      assert.deepEqual([pauses.length, server.requests.length], [0, 1]);
    });

    it('gives up on 5xx after four tries, with growing pauses', async () => {
      server.setDefault(status(503, { error: { message: 'Overloaded' } }));
      const error = await failure(collect(model()), 'MODEL_SERVER');
      assert.match(error.message, /HTTP 503.*Try again.*Overloaded/);
      assert.deepEqual(pauses, [500, 1000, 2000]);
      assert.equal(server.requests.length, 4);
    });

    it('succeeds after 500 and a hung-up connection', async () => {
      server.enqueue(status(500, 'oops'), hangUp());
      assert.equal(joined(await collect(model()), 'text'), 'Hello from the model.');
      assert.deepEqual(pauses, [500, 1000]);
    });

    for (const [code, expected] of [
      [400, 'MODEL_BAD_REQUEST'],
      [401, 'MODEL_AUTH'],
      [402, 'MODEL_QUOTA'],
      [403, 'MODEL_AUTH'],
      [404, 'MODEL_BAD_REQUEST'],
      [408, 'MODEL_TIMEOUT'],
      [413, 'MODEL_CONTEXT_TOO_LONG'],
      [422, 'MODEL_BAD_REQUEST'],
    ] as const) {
      it(`says ${expected} on ${code}, does not try again, and repeats neither key nor text`, async () => {
        const message = `Incorrect API key provided: ${KEY}. In "${SECRET_TEXT}": bad tone`;
        server.setDefault(status(code, { error: { message, type: 'some_error', code: KEY } }));
        await failure(collect(model()), expected);
        assert.deepEqual([pauses.length, server.requests.length], [0, 1]);
      });
    }

    it('knows a context that is too long', async () => {
      const message =
        wire === 'anthropic'
          ? 'prompt is too long: 210000 tokens > 200000 maximum'
          : "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";
      const code = wire === 'anthropic' ? null : 'context_length_exceeded';
      server.enqueue(status(400, { type: 'error', error: { type: 'invalid_request_error', message, code } }));
      const error = await failure(collect(model()), 'MODEL_CONTEXT_TOO_LONG');
      assert.match(error.message, /too long for fake-1\. Compress it/);
    });

    it('does not try again when the account has nothing left', async () => {
      server.setDefault(status(429, { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } }));
      await failure(collect(model()), 'MODEL_QUOTA');
      assert.equal(server.requests.length, 1);
    });

    it('fails when the stream is cut after a piece, without trying again', async () => {
      server.enqueue(answer({}, { events: -2, then: 'cut' }));
      const error = await failure(collect(model()), 'MODEL_STREAM_CUT');
      assert.match(error.message, /broke before the answer was complete/);
      assert.equal(server.requests.length, 1);
    });

    it('fails when the stream ends as if all was well but without its end mark', async () => {
      server.enqueue(answer({}, { events: wire === 'chat' ? -3 : -2, then: 'end' }));
      await failure(collect(model()), 'MODEL_STREAM_CUT');
    });

    it('tries again when the stream is cut before the first piece', async () => {
      server.enqueue(answer({}, { events: 1, then: 'cut' }));
      assert.equal(joined(await collect(model()), 'text'), 'Hello from the model.');
      assert.equal(server.requests.length, 2);
    });

    for (const insert of [
      `event: content_block_delta\ndata: {"broken ${SECRET_TEXT}`,
      `event: content_block_delta\ndata: {"hello":"world"}`,
      'event: content_block_delta\ndata: null',
      'event: message_start\ndata: [1,2]',
    ]) {
      it(`fails on a malformed event: ${insert.split('\n')[1]?.slice(0, 20) ?? ''}`, async () => {
        server.enqueue(answer({}, { events: wire === 'chat' ? 2 : 4, insert, then: 'end' }));
        await failure(collect(model()), 'MODEL_STREAM_MALFORMED');
        assert.equal(server.requests.length, 1);
      });
    }

    it('fails on an error said inside the stream', async () => {
      const insert = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}`;
      server.enqueue(answer({}, { events: wire === 'chat' ? 2 : 4, insert, then: 'end' }));
      const error = await failure(collect(model()), 'MODEL_SERVER');
      assert.match(error.message, /Overloaded/);
      assert.equal(server.requests.length, 1);
    });

    it('limits how long a server may take to answer, to begin and to go on', async () => {
      const message = async (limit: 'responseMs' | 'firstByteMs' | 'idleMs') => {
        const timeouts = { responseMs: 30_000, firstByteMs: 30_000, idleMs: 30_000, [limit]: 80 };
        return (await failure(collect(model({ timeouts })), 'MODEL_TIMEOUT')).message;
      };
      server.enqueue(silence());
      assert.match(await message('responseMs'), /did not answer for 80 ms/);
      server.enqueue(headersOnly());
      assert.match(await message('firstByteMs'), /no first piece/);
      server.enqueue(answer({}, { events: 4, then: 'stall' }));
      assert.match(await message('idleMs'), /in the middle/);
      assert.equal(server.requests.length, 3);
      await Promise.all(server.requests.map(({ aborted }) => aborted));
    });

    it('lets a slow body take longer in all than any one limit', async () => {
      server.enqueue(answer({ text: 'a slow answer, piece by piece' }, { delayMs: 40 }));
      const timeouts = { responseMs: 200, firstByteMs: 200, idleMs: 200 };
      assert.equal(joined(await collect(model({ timeouts })), 'text'), 'a slow answer, piece by piece');
    });

    it('stops at once when cancelled: before, while waiting, and in the middle', async () => {
      await failure(collect(model(), REQUEST, AbortSignal.abort()), 'MODEL_CANCELLED');
      assert.equal(server.requests.length, 0);
      for (const reply of [silence(), answer({}, { events: 3, then: 'stall' })]) {
        server.reset();
        server.enqueue(reply);
        const controller = new AbortController();
        const run = collect(model(), REQUEST, controller.signal);
        await server.received(1);
        setTimeout(() => {
          controller.abort();
        }, 20);
        await failure(run, 'MODEL_CANCELLED');
        await server.requests[0]?.aborted;
      }
    });

    it('stops in a pause between tries', async () => {
      server.setDefault(status(500));
      const controller = new AbortController();
      const run = collect(model({ runtime: undefined }), REQUEST, controller.signal);
      await server.received(1);
      controller.abort();
      await failure(run, 'MODEL_CANCELLED');
      assert.equal(server.requests.length, 1);
    });

    it('says what to do when no server is there', async () => {
      const gone = await startLlmServer();
      const url = gone[base];
      await gone.close();
      const error = await failure(collect(model({ baseURL: url })), 'MODEL_NETWORK');
      assert.match(error.message, /could not be reached \(ECONNREFUSED\)\. Check the network, the base URL/);
      assert.equal(pauses.length, 3);
    });

    it('follows no redirect, which would carry the key elsewhere', async () => {
      server.setDefault(status(307, {}, { location: `${server.openAI}/elsewhere` }));
      const error = await failure(collect(model()), 'MODEL_BAD_REQUEST');
      assert.match(error.message, /redirect/);
      assert.equal(server.requests.length, 1);
    });

    it('says when the address answers with a page instead of a stream', async () => {
      server.setDefault((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
      });
      const error = await failure(collect(model()), 'MODEL_STREAM_MALFORMED');
      assert.match(error.message, /text\/html instead of a stream of events\. Check the base URL/);
    });

    it('sends nothing without a key to the provider itself, nor with one that cannot be a key', async () => {
      const fetched: unknown[] = [];
      const fetch: typeof globalThis.fetch = (input) => {
        fetched.push(input);
        return Promise.reject(new Error('no network in this test'));
      };
      await failure(collect(model({ baseURL: undefined, apiKey: undefined, fetch })), 'MODEL_AUTH');
      await failure(collect(model({ apiKey: () => Promise.resolve('two words'), fetch })), 'MODEL_AUTH');
      await failure(collect(model({ apiKey: () => Promise.resolve(' '), fetch })), 'MODEL_AUTH');
      assert.equal(fetched.length, 0);
    });

    it('needs no key for a server of one’s own', async () => {
      await collect(model({ apiKey: undefined }));
      assert.equal(server.requests.length, 1);
    });

    it('takes neither address nor key nor headers from the environment', async () => {
      const planted = {
        OPENAI_BASE_URL: 'http://127.0.0.1:9',
        OPENAI_ORG_ID: 'org-planted',
        OPENAI_API_KEY: 'planted',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
        ANTHROPIC_AUTH_TOKEN: 'planted',
        ANTHROPIC_API_KEY: 'planted',
      };
      const before = { ...process.env };
      Object.assign(process.env, planted);
      try {
        await collect(model());
      } finally {
        for (const name of Object.keys(planted)) {
          if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
          else process.env[name] = before[name];
        }
      }
      const headers = server.requests[0]?.headers ?? {};
      assert.doesNotMatch(JSON.stringify(headers), /planted/);
      assert.equal(headers.authorization, `Bearer ${KEY}`);
    });

    it('takes another model and raw parameters per call, but none that changes what is sent', async () => {
      const params = { model: 'fake-2', temperature: 0.5, maxTokens: 100, topP: 0.9, seed: 7 };
      await collect(model(), { ...REQUEST, params });
      const body = server.requests[0]?.json();
      assert.equal(body?.['model'], 'fake-2');
      assert.equal(body['temperature'], 0.5);
      assert.equal(body['top_p'], 0.9);
      assert.equal(body['seed'], 7);
      assert.equal(body[wire === 'responses' ? 'max_output_tokens' : 'max_tokens'], 100);
      for (const name of ['messages', 'input', 'system', 'stream']) {
        await assert.rejects(collect(model(), { ...REQUEST, params: { [name]: [] } }), InvalidArgumentError);
      }
      assert.equal(server.requests.length, 1);
    });

    it('writes nothing to the console, whatever goes wrong', async () => {
      const original = { log: console.log, warn: console.warn, error: console.error, debug: console.debug };
      const written: unknown[] = [];
      const keep = (...values: unknown[]): void => void written.push(values);
      Object.assign(console, { log: keep, warn: keep, error: keep, debug: keep });
      try {
        server.enqueue(answer({}, { events: 4, insert: 'event: message_start\ndata: {"x', then: 'end' }), status(500));
        await collect(model()).catch(() => undefined);
        await collect(model()).catch(() => undefined);
      } finally {
        Object.assign(console, original);
      }
      assert.deepEqual(written, []);
    });
  });
}

describe('base URLs (SPEC §17)', () => {
  it('refuses what is not a plain http(s) address', () => {
    for (const baseURL of ['file:///etc/passwd', 'ftp://x', 'not a url', 'http://user:pass@127.0.0.1/v1']) {
      assert.throws(() => openAIChatModel({ model: 'm', baseURL }), InvalidArgumentError);
    }
  });

  it('names models by provider and model', () => {
    assert.equal(openAIChatModel({ model: 'gpt-4o' }).id, 'openai/gpt-4o');
    assert.equal(anthropicModel({ model: 'claude' }).id, 'anthropic/claude');
    const local = openAIChatModel({
      model: 'q',
      provider: 'ollama',
      baseURL: 'http://[::1]:1/v1',
      contextWindow: 4096,
    });
    assert.equal(local.id, 'ollama/q');
    assert.equal(local.contextWindow, 4096);
  });
});
