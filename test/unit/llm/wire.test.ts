import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/model/json.js';
import type { Model, ModelEvent, ModelRequest, RequestMessage } from '../../../src/core/ports/model.js';
import { normalizeUsage } from '../../../src/core/records/usage.js';
import { anthropicModel } from '../../../src/llm/anthropic.js';
import { openAIChatModel } from '../../../src/llm/openai-chat.js';
import { openAIResponsesModel } from '../../../src/llm/openai-responses.js';
import { answer, startLlmServer, type LlmServer, type Reply } from '../../fixtures/llm-server.js';

const apiKey = (): Promise<string> => Promise.resolve('test-key');

const MESSAGES: readonly RequestMessage[] = [
  { role: 'system', content: 'You are helpful.' },
  { role: 'user', content: 'What is 2+2?', name: 'Bob' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call:1', type: 'function', function: { name: 'calc', arguments: '{"expression":"2+2"}' } }],
  },
  { role: 'tool', content: '4', tool_call_id: 'call:1' },
  { role: 'user', content: 'Thanks. ♥' },
  { role: 'assistant', content: 'Anything else?' },
  { role: 'system', content: 'Be brief.' },
  { role: 'assistant', content: 'Hm?' },
  { role: 'user', content: 'No.' },
];

const PARAMETERS: JsonObject = { type: 'object', properties: { expression: { type: 'string' } } };
const TOOL: JsonObject = {
  type: 'function',
  function: { name: 'calc', description: 'Calculates.', parameters: PARAMETERS },
};

function request(rest: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: MESSAGES, tools: [], params: null, ...rest };
}

/** Server-sent events from bare data objects, for streams that only odd servers send. */
function raw(...data: readonly object[]): Reply {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(data.map((item) => `data: ${JSON.stringify(item)}\n\n`).join(''));
  };
}

describe('what each protocol sends and understands (SPEC §5, §10)', () => {
  let server: LlmServer;
  before(async () => {
    server = await startLlmServer();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
  });

  async function send(model: Model, what = request()): Promise<ModelEvent[]> {
    const events: ModelEvent[] = [];
    for await (const event of model.send(what, { signal: new AbortController().signal })) events.push(event);
    return events;
  }

  const chat = (): Model => openAIChatModel({ model: 'fake-1', baseURL: server.openAI, apiKey });
  const responses = (): Model => openAIResponsesModel({ model: 'fake-1', baseURL: server.openAI, apiKey });
  const anthropic = (): Model => anthropicModel({ model: 'fake-1', baseURL: server.anthropic, apiKey });
  const sent = (): Record<string, unknown> => {
    const [first] = server.requests;
    assert.ok(first, 'nothing was received');
    return first.json();
  };

  describe('OpenAI chat completions', () => {
    it('sends messages and tools exactly as compiled, asking for usage', async () => {
      await send(chat(), request({ tools: [TOOL] }));
      assert.equal(server.requests[0]?.path, '/v1/chat/completions');
      assert.deepEqual(sent(), {
        model: 'fake-1',
        messages: MESSAGES,
        tools: [TOOL],
        stream: true,
        stream_options: { include_usage: true },
      });
      const body = server.requests[0].body.toString('utf8');
      assert.ok(body.includes(`"messages":${JSON.stringify(MESSAGES)}`));
    });

    it('reads reasoning from either field, and once when a server sends both', async () => {
      for (const reasoningField of ['reasoning_content', 'reasoning', 'both'] as const) {
        server.enqueue(answer({ reasoning: 'hmm, well', reasoningField }));
        const events = await send(chat());
        const reasoning = events.map((event) => (event.type === 'reasoning' ? event.text : '')).join('');
        assert.equal(reasoning, 'hmm, well', reasoningField);
      }
    });

    it('tells parallel calls apart that share an index', async () => {
      const toolCalls = [
        { id: 'a', name: 'one', pieces: ['{}'] },
        { id: 'b', name: 'two', pieces: ['{"x":', '1}'] },
      ];
      server.enqueue(answer({ toolCalls, sameIndex: true }));
      const calls = (await send(chat())).filter((event) => event.type === 'toolCall');
      assert.deepEqual(calls, [
        { type: 'toolCall', id: 'a', name: 'one', arguments: '{}' },
        { type: 'toolCall', id: 'b', name: 'two', arguments: '{"x":1}' },
      ]);
    });

    it('takes running usage totals, filter chunks without a delta, and refusals', async () => {
      const usage = (completion: number): object => ({ prompt_tokens: 5, completion_tokens: completion });
      server.enqueue(
        raw(
          { choices: [], prompt_filter_results: [] },
          { choices: [{ index: 0, content_filter_offsets: {} }], usage: usage(1) },
          { choices: [{ index: 0, delta: { refusal: 'I cannot.' } }], usage: usage(2) },
          { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: usage(3) },
        ),
      );
      assert.deepEqual(await send(chat()), [
        { type: 'text', text: 'I cannot.' },
        { type: 'usage', usage: usage(3) },
        { type: 'finish', reason: 'stop', model: 'fake-1' },
      ]);
    });

    it('uses OpenAI’s new name for the limit only at OpenAI', async () => {
      let body = '';
      const fetch: typeof globalThis.fetch = (_input, init) => {
        body = typeof init?.body === 'string' ? init.body : '';
        return Promise.resolve(new Response('{}', { status: 400 }));
      };
      const model = openAIChatModel({ model: 'm', apiKey, fetch });
      await assert.rejects(send(model, request({ params: { maxTokens: 9 } })), { code: 'MODEL_BAD_REQUEST' });
      assert.equal((JSON.parse(body) as JsonObject)['max_completion_tokens'], 9);
    });
  });

  describe('OpenAI Responses', () => {
    it('sends each message, call and result as one item, stores nothing', async () => {
      await send(responses(), request({ tools: [TOOL, { type: 'web_search' }] }));
      assert.equal(server.requests[0]?.path, '/v1/responses');
      assert.deepEqual(sent(), {
        store: false,
        model: 'fake-1',
        input: [
          { role: 'system', content: 'You are helpful.' },
          { role: 'user', content: 'What is 2+2?' },
          { type: 'function_call', call_id: 'call:1', name: 'calc', arguments: '{"expression":"2+2"}' },
          { type: 'function_call_output', call_id: 'call:1', output: '4' },
          { role: 'user', content: 'Thanks. ♥' },
          { role: 'assistant', content: 'Anything else?' },
          { role: 'system', content: 'Be brief.' },
          { role: 'assistant', content: 'Hm?' },
          { role: 'user', content: 'No.' },
        ],
        tools: [
          { type: 'function', name: 'calc', description: 'Calculates.', parameters: PARAMETERS, strict: false },
          { type: 'web_search' },
        ],
        stream: true,
      });
    });

    it('asks for reasoning summaries along with an effort', async () => {
      await send(responses(), request({ params: { reasoningEffort: 'low' } }));
      assert.deepEqual(sent()['reasoning'], { effort: 'low', summary: 'auto' });
    });

    it('reports usage with its details, and why an answer is incomplete', async () => {
      const usage = {
        input_tokens: 80,
        input_tokens_details: { cached_tokens: 32 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 12 },
        total_tokens: 100,
      };
      server.enqueue(answer({ usage, finish: 'max_output_tokens' }));
      const events = await send(responses());
      assert.deepEqual(events.slice(-2), [
        { type: 'usage', usage },
        { type: 'finish', reason: 'max_output_tokens', model: 'fake-1' },
      ]);
    });

    it('fails when the response failed, or an error event comes', async () => {
      const error = { code: 'server_error', message: 'The model crashed.' };
      const model = openAIResponsesModel({ model: 'm', baseURL: server.openAI, apiKey, retry: { attempts: 1 } });
      for (const event of [
        { type: 'response.failed', response: { error } },
        { type: 'error', ...error, param: null },
      ]) {
        server.enqueue(raw(event));
        await assert.rejects(send(model), { code: 'MODEL_SERVER', message: /The model crashed\./ });
      }
    });
  });

  describe('Anthropic messages', () => {
    it('joins system texts and same-role messages, makes blocks of calls and results', async () => {
      await send(anthropic(), request({ params: { maxTokens: 50, stop: ['END'] } }));
      assert.equal(server.requests[0]?.path, '/v1/messages');
      const ephemeral = { type: 'ephemeral' };
      assert.deepEqual(sent(), {
        model: 'fake-1',
        max_tokens: 50,
        stop_sequences: ['END'],
        system: [{ type: 'text', text: 'You are helpful.\n\nBe brief.', cache_control: ephemeral }],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'What is 2+2?' }] },
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 'call_1', name: 'calc', input: { expression: '2+2' } }],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'call_1', content: '4' },
              { type: 'text', text: 'Thanks. ♥' },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'Anything else?' },
              { type: 'text', text: 'Hm?' },
            ],
          },
          { role: 'user', content: [{ type: 'text', text: 'No.' }] },
        ],
        stream: true,
      });
    });

    it('puts cache breakpoints after the tools, the system text and the stable prefix', async () => {
      const second: JsonObject = { type: 'function', function: { name: 'now' } };
      await send(anthropic(), request({ tools: [TOOL, second], stablePrefix: 5 }));
      const ephemeral = { type: 'ephemeral' };
      assert.deepEqual(sent()['tools'], [
        { name: 'calc', description: 'Calculates.', input_schema: PARAMETERS },
        { name: 'now', input_schema: { type: 'object', properties: {} }, cache_control: ephemeral },
      ]);
      const messages = sent()['messages'] as { content: { cache_control?: unknown }[] }[];
      const marks = messages.map(({ content }) => content.map((block) => block.cache_control !== undefined));
      assert.deepEqual(marks, [[false], [false], [false, true], [false, false], [false]]);
      assert.equal(server.requests[0]?.body.toString('utf8').split('"cache_control"').length, 4);
    });

    it('moves results before other words of the same turn, and skips empty texts', async () => {
      const call = { id: 'c', type: 'function', function: { name: 'f', arguments: 'not json' } } as const;
      const messages: RequestMessage[] = [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'user', content: 'wait' },
        { role: 'tool', content: '', tool_call_id: 'c' },
        { role: 'tool', content: 'no id' },
        { role: 'assistant', content: '' },
      ];
      await send(anthropic(), request({ messages }));
      assert.deepEqual(sent()['messages'], [
        { role: 'user', content: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: { arguments: 'not json' } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c', content: '' },
            { type: 'text', text: 'wait' },
            { type: 'text', text: 'no id' },
          ],
        },
      ]);
      assert.equal('system' in sent(), false);
      assert.equal(sent()['max_tokens'], 8192);
    });

    it('§10: leaves out blank texts, which the API refuses, and begins with a user’s message', async () => {
      const messages: RequestMessage[] = [
        { role: 'system', content: 'S' },
        { role: 'assistant', content: 'Summary of what was said.' },
        { role: 'assistant', content: '\n\n' },
        { role: 'user', content: 'Go on.' },
      ];
      await send(anthropic(), request({ messages }));
      assert.deepEqual(sent()['messages'], [
        { role: 'user', content: [{ type: 'text', text: '[left out]' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'Summary of what was said.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
      ]);
    });

    it('merges usage from the start and the end, cache figures included, nulls ignored', async () => {
      server.enqueue(
        answer({
          startUsage: {
            input_tokens: 10,
            cache_creation_input_tokens: 200,
            cache_read_input_tokens: 3000,
            output_tokens: 1,
          },
          usage: { input_tokens: null, output_tokens: 25, cache_read_input_tokens: null, server_tool_use: null },
        }),
      );
      const usage = (await send(anthropic())).find((event) => event.type === 'usage')?.usage;
      assert.deepEqual(normalizeUsage(usage), {
        promptTokens: 3210,
        completionTokens: 25,
        totalTokens: 3235,
        cacheReadTokens: 3000,
        cacheWriteTokens: 200,
        reasoningTokens: 0,
      });
    });

    it('gives a call without any input an empty object', async () => {
      server.enqueue(answer({ toolCalls: [{ id: 'toolu_1', name: 'now', pieces: [] }] }));
      const [call] = (await send(anthropic())).filter((event) => event.type === 'toolCall');
      assert.deepEqual(call, { type: 'toolCall', id: 'toolu_1', name: 'now', arguments: '{}' });
    });
  });
});
