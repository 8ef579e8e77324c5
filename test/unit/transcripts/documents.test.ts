import assert from 'node:assert/strict';
import { UnknownTranscriptError } from '../../../src/transcripts/errors.js';
import { briefs, calls, commits, read, skips } from './reading.js';

const messages = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ],
  },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'calc', arguments: '{"expression": "2+2"}' } },
      { id: 'c2', type: 'function', function: { name: 'calc', arguments: 'not json' } },
    ],
  },
  { role: 'tool', tool_call_id: 'c2', content: '5' },
  { role: 'tool', tool_call_id: 'c1', content: '4' },
  { role: 'assistant', content: 'Four.' },
];
const expected = [
  '{"content_type":"instruction","text":"Be brief.","name":null}',
  'user: look\n\n[image left out: image/png, 3 bytes]',
  'call calc {"expression":"2+2"}',
  'call calc {"input":"not json"}',
  'result calc {"result":"4"}',
  'result calc {"result":"5"}',
  'assistant: Four.',
];

describe('OpenAI chat (§14)', () => {
  it('reads an array of messages, arguments as they were sent, results in call order; no calls are on record', async () => {
    const { events, format } = await read(JSON.stringify(messages, null, 2));
    assert.equal(format, 'openai');
    assert.deepEqual(briefs(events), expected);
    assert.deepEqual(commits(events)[2]?.metadata, {
      tool_calls: [{ id: 'c1', name: 'calc', arguments: '{"expression": "2+2"}' }],
    });
    assert.equal(calls(events).length, 0);
    assert.ok(commits(events).every(({ time }) => time === '1970-01-01T00:00:00+00:00'));
  });

  it('reads a request body with tools, on one line or many, and lines of messages', async () => {
    const body = { model: 'm', messages, tools: [{ type: 'function', function: { name: 'calc' } }] };
    for (const text of [JSON.stringify(body), JSON.stringify(body, null, 1)]) {
      const { events } = await read(text);
      const [tools, ...rest] = briefs(events);
      assert.equal(
        tools,
        '{"content_type":"config","settings":{"tools":[{"type":"function","function":{"name":"calc"}}]}}',
      );
      assert.deepEqual(rest, expected);
    }
    const lines = await read(messages.map((message) => JSON.stringify(message)).join('\n'));
    assert.equal(lines.format, 'openai');
    assert.deepEqual(briefs(lines.events), expected);
  });

  it('§14: a document that is spread over lines is one document, also where a line of it is a whole message', async () => {
    const list = messages.map((message) => `    ${JSON.stringify(message)}`).join(',\n');
    for (const text of [`{\n  "messages": [\n${list}\n  ]\n}\n`, `\uFEFF{"messages": [\r\n${list}\r\n]}`]) {
      const { events, format } = await read(text);
      assert.equal(format, 'openai');
      assert.deepEqual(briefs(events), expected);
      assert.deepEqual(skips(events), ['2 image: image/png, 3 bytes: left out, a placeholder stands in its place']);
    }
    // More than is looked at to recognise the format.
    const long = [...messages, { role: 'user', content: 'x'.repeat(300_000) }, { role: 'assistant', content: 'end' }];
    const { events } = await read(
      `{\n"messages": [\n${long.map((one) => JSON.stringify(one)).join(',\n')}\n]}`,
      undefined,
      4096,
    );
    assert.equal(briefs(events).length, expected.length + 2);
  });

  it('§14: a body of the time of `functions`: they are its tools, in the shape of today', async () => {
    const { events } = await read(
      JSON.stringify({
        functions: [{ name: 'calc', parameters: { type: 'object' } }],
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: null, function_call: { name: 'calc', arguments: '{"x":1}' } },
          { role: 'function', name: 'calc', content: '1' },
        ],
      }),
    );
    assert.deepEqual(briefs(events), [
      '{"content_type":"config","settings":{"tools":[{"type":"function","function":{"name":"calc","parameters":{"type":"object"}}}]}}',
      'user: q',
      'call calc {"x":1}',
      'result calc {"result":"1"}',
    ]);
  });

  it('reads lines that are whole conversations as several', async () => {
    const one = { messages: messages.slice(0, 2) };
    const two = { messages: [{ role: 'user', content: 'other' }] };
    const { events } = await read([one, two].map((value) => JSON.stringify(value)).join('\n'));
    assert.equal(events.filter((event) => event.kind === 'session').length, 2);
  });

  it('gives a longer version of a conversation the same id', async () => {
    const key = async (list: readonly object[]): Promise<string> => {
      const session = (await read(JSON.stringify(list))).events.find((event) => event.kind === 'session');
      return session?.key ?? '';
    };
    assert.equal(await key(messages.slice(0, 2)), await key(messages));
    assert.notEqual(await key(messages), await key(messages.slice(1)));
  });
});

describe('OpenAI Responses (§14)', () => {
  it('reads input items and request bodies', async () => {
    const { events, format } = await read(
      JSON.stringify({
        instructions: 'Be brief.',
        tools: [{ type: 'function', name: 'f', description: 'F.', parameters: { type: 'object' } }],
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'T' }] },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c1', output: 'x' },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] },
        ],
      }),
    );
    assert.equal(format, 'openai-responses');
    assert.deepEqual(briefs(events).slice(2), [
      'user: hi',
      'reasoning: T',
      'call f {}',
      'result f {"result":"x"}',
      'assistant: ok',
    ]);
  });
});

describe('Anthropic request bodies (§14)', () => {
  it('reads system, tools, blocks and results', async () => {
    const body = {
      model: 'claude-test',
      system: [{ type: 'text', text: 'Be brief.' }],
      tools: [{ name: 'f', description: 'F.', input_schema: { type: 'object' } }],
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'T', signature: 's' },
            { type: 'text', text: 'ok' },
            { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'x' }], is_error: true },
            { type: 'text', text: 'and?' },
          ],
        },
      ],
    };
    const { events, format } = await read(JSON.stringify(body, null, 2));
    assert.equal(format, 'anthropic');
    assert.deepEqual(briefs(events), [
      '{"content_type":"instruction","text":"Be brief.","name":null}',
      '{"content_type":"config","settings":{"tools":[{"type":"function","function":{"name":"f","description":"F.","parameters":{"type":"object"}}}]}}',
      'user: hi',
      'reasoning: T',
      'assistant: ok',
      'call f {"a":1}',
      'result f {"error":"x"}',
      'user: and?',
    ]);
    assert.equal((await read(JSON.stringify(body))).format, 'anthropic');
  });
});

describe('Anthropic messages (§14)', () => {
  it('§14: a message without content is no text', async () => {
    const { events } = await read(
      JSON.stringify({
        system: 's',
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: null },
        ],
      }),
    );
    assert.deepEqual(briefs(events).slice(1), ['user: q']);
    assert.deepEqual(skips(events), []);
  });
});

describe('VS Code chat exports (§14)', () => {
  it('reads shown parts: text, references, tools, thinking, edits', async () => {
    const { events, format } = await read(
      JSON.stringify({
        requesterUsername: 'p',
        responderUsername: 'GitHub Copilot',
        requests: [
          {
            requestId: 'q1',
            timestamp: 1767225600000,
            modelId: 'copilot/gpt-test',
            message: { text: 'fix it', parts: [] },
            variableData: { variables: [{ name: 'a.ts', value: { uri: { path: '/a.ts' } } }] },
            response: [
              { kind: 'thinking', value: 'T' },
              { value: 'See ' },
              { kind: 'inlineReference', name: 'a.ts', inlineReference: { path: '/a.ts' } },
              { value: '.' },
              {
                kind: 'toolInvocationSerialized',
                toolId: 'read',
                toolCallId: 'x1',
                invocationMessage: { value: 'Reading' },
                pastTenseMessage: { value: 'Read a.ts' },
              },
              { kind: 'textEditGroup', uri: { path: '/a.ts' }, edits: [] },
              { kind: 'progressMessage', content: { value: 'w' } },
            ],
            result: { timings: { totalElapsed: 1200 } },
          },
          { requestId: 'q2', message: 'next', response: [{ value: 'ok' }] },
        ],
      }),
    );
    assert.equal(format, 'vscode-chat');
    assert.deepEqual(briefs(events), [
      'user: fix it',
      'reasoning: T',
      'assistant: See `a.ts`.',
      'call read {"message":"Reading"}',
      'assistant: \n[edits left out: /a.ts]\n',
      'result read {"result":"Read a.ts"}',
      'user: next',
      'assistant: ok',
    ]);
    assert.equal(commits(events)[0]?.time, '2026-01-01T00:00:00+00:00');
    assert.deepEqual(
      calls(events).map(({ model, latencyMs }) => [model, latencyMs]),
      [
        ['copilot/gpt-test', 1200],
        [null, null],
      ],
    );
    assert.equal(skips(events).length, 3);
  });

  it('§14: takes usage and model from where each version keeps them, and a response that is one text', async () => {
    const { events } = await read(
      JSON.stringify({
        requests: [
          {
            requestId: 'a',
            message: 'q',
            response: 'done',
            promptTokens: 100,
            completionTokens: 7,
            modelId: 'copilot/m',
          },
          {
            requestId: 'b',
            message: 'q',
            modelId: 'copilot/auto',
            result: {
              metadata: {
                promptTokens: 50,
                outputTokens: 5,
                resolvedModel: 'model-x',
                toolCallRounds: [
                  { id: 'r1', response: '1', timestamp: 1767225600000, modelId: 'model-r' },
                  { id: 'r2', response: '2' },
                ],
              },
            },
          },
          { requestId: 'c', message: 'q', response: [{ value: 'x' }], promptTokens: -1, completionTokens: 7 },
        ],
      }),
    );
    assert.deepEqual(briefs(events), [
      'user: q',
      'assistant: done',
      'user: q',
      'assistant: 1',
      'assistant: 2',
      'user: q',
      'assistant: x',
    ]);
    assert.deepEqual(
      calls(events).map(({ model, usage }) => [model, usage]),
      [
        ['copilot/m', { prompt_tokens: 100, completion_tokens: 7 }],
        ['model-r', null],
        ['model-x', { prompt_tokens: 50, completion_tokens: 5 }],
        [null, null],
      ],
    );
    assert.equal(commits(events)[3]?.time, '2026-01-01T00:00:00+00:00');
  });

  it('§14: reads the log in which VS Code keeps a chat, broken lines and paths that lead nowhere aside', async () => {
    const request = (id: string) => ({ requestId: id, message: { text: id }, response: [] });
    const lines = [
      { kind: 0, v: { version: 3, sessionId: 's1', requests: [request('a')] } },
      { kind: 2, k: ['requests', 0, 'response'], v: [{ value: 'half' }] },
      { kind: 2, k: ['requests', 0, 'response'], v: [{ value: 'whole' }], i: 0 },
      { kind: 2, k: ['requests'], v: [request('b'), request('c')] },
      { kind: 2, k: ['requests'], i: 2 },
      { kind: 1, k: ['customTitle'], v: 'A chat' },
      { kind: 1, k: ['requests', 1, 'response'], v: [{ value: 'B' }] },
      { kind: 1, k: ['requests', 1, 'promptTokens'], v: 7 },
      { kind: 1, k: ['requests', 1, 'completionTokens'], v: 2 },
      { kind: 1, k: ['requests', 99, 'response'], v: [] },
      { kind: 1, k: ['__proto__', 'polluted'], v: true },
      { kind: 3, k: ['version'] },
      { kind: 9 },
    ].map((line) => JSON.stringify(line));
    const { events, format } = await read(`\uFEFF${lines.join('\r\n')}\n{"kind":1,"k":["x`);
    assert.equal(format, 'vscode-chat');
    assert.deepEqual(briefs(events), ['user: a', 'assistant: whole', 'user: b', 'assistant: B']);
    assert.deepEqual(
      calls(events).map(({ usage }) => usage),
      [null, { prompt_tokens: 7, completion_tokens: 2 }],
    );
    assert.deepEqual(skips(events), ['14 line: not JSON']);
    assert.equal('polluted' in {}, false);
    assert.ok(events.some((event) => event.kind === 'info' && event.title === 'A chat'));
    // A log that was just begun, on one line.
    assert.deepEqual(briefs((await read(lines[0] ?? '')).events), ['user: a']);
  });

  it('reads the model’s own rounds where they are kept', async () => {
    const { events } = await read(
      JSON.stringify({
        requests: [
          {
            requestId: 'q1',
            message: { text: 'go' },
            response: [{ value: 'shown' }],
            result: {
              usage: { promptTokens: 12, completionTokens: 3 },
              metadata: {
                toolCallRounds: [
                  { id: 'r1', response: 'Reading.', toolCalls: [{ id: 'x1', name: 'read', arguments: '{"p":1}' }] },
                  { id: 'r2', response: 'Done.', toolCalls: [] },
                ],
                toolCallResults: { x1: { content: [{ value: 'text' }] } },
              },
            },
          },
        ],
      }),
    );
    assert.deepEqual(briefs(events), [
      'user: go',
      'assistant: Reading.',
      'call read {"p":1}',
      'result read {"result":"text"}',
      'assistant: Done.',
    ]);
    assert.deepEqual(
      calls(events).map(({ id, usage }) => [id, usage]),
      [
        ['r1', null],
        ['r2', { prompt_tokens: 12, completion_tokens: 3 }],
      ],
    );
  });
});

describe('Markdown transcripts (§14)', () => {
  for (const [style, text] of [
    ['headings', '# Chat\n\n## User\n\nhi\n\n## Assistant\n\n### User\n\n```\n## User\n```\nok\n'],
    ['bold', '# Chat\n**User:** hi\n\n**Assistant:**\n### User\n\n```\n**User:** no\n```\nok\n'],
    ['labels', '# Chat\nUser: hi\n\nAssistant: ### User\n\n```\nUser: no\n```\nok\n'],
  ] as const) {
    it(`reads ${style}; code fences and other styles are text`, async () => {
      const { events, format } = await read(text);
      assert.equal(format, 'markdown');
      const found = briefs(events);
      assert.equal(found[0], 'user: hi');
      assert.equal(found.length, 2);
      assert.match(found[1] ?? '', /^assistant: ### User\n\n```\n[^`]*\n```\nok$/);
      assert.deepEqual(skips(events), ['1 text: 1 lines before the first message']);
    });
  }

  it('§14: a line drawn between messages is no text of theirs', async () => {
    const { events } = await read(
      '# T\n\n---\n\n**User**\n\nhello\n\n---\n\n**Cursor**\n\na\n---\n\n***\n**User**\n\n---\n',
    );
    assert.deepEqual(briefs(events), ['user: hello', 'assistant: a\n---', 'user: ']);
  });

  it('knows roles by many names', async () => {
    const { events } = await read('### 👤 Human (10:31)\na\n### Claude\nb\n### System\nc\n### Tool result\nd\n');
    assert.deepEqual(briefs(events), [
      'user: a',
      'assistant: b',
      '{"content_type":"instruction","text":"c","name":null}',
      'result tool {"result":"d"}',
    ]);
  });
});

describe('Files that are no transcripts (§14)', () => {
  for (const [name, text] of [
    ['an empty file', ''],
    ['prose', 'Just some text.\n'],
    ['foreign JSON', '{"name": "x", "version": 1}'],
    ['foreign lines', '{"level":"info"}\n{"level":"warn"}\n'],
    ['broken JSON', '[{"role": "user"'],
    ['an empty list', '[]'],
    ['binary', '\u0000\u0001\u0002'],
  ] as const) {
    it(`refuses ${name} before anything is read`, async () => {
      await assert.rejects(read(text), UnknownTranscriptError);
    });
  }
});
