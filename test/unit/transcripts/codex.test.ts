import assert from 'node:assert/strict';
import { briefs, calls, commits, read, skips } from './reading.js';

let clock = 0;
function line(type: string, payload: object): string {
  return JSON.stringify({ timestamp: new Date(Date.UTC(2026, 4, 11, 10, 0, clock++)).toISOString(), type, payload });
}
const item = (payload: object): string => line('response_item', payload);
const event = (payload: object): string => line('event_msg', payload);
const user = (text: string): string => item({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const said = (text: string): string =>
  item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
const call = (id: string): string =>
  item({ type: 'function_call', name: 'shell', arguments: `{"command":["${id}"]}`, call_id: id });
const output = (id: string, text: unknown): string => item({ type: 'function_call_output', call_id: id, output: text });
const thought = (text: string): string => item({ type: 'reasoning', summary: [{ type: 'summary_text', text }] });
const tokens = (total: number, input: number, cached: number, out: number, reasoned: number): string =>
  event({
    type: 'token_count',
    info: {
      total_token_usage: { total_tokens: total },
      last_token_usage: {
        input_tokens: input,
        cached_input_tokens: cached,
        output_tokens: out,
        reasoning_output_tokens: reasoned,
        total_tokens: input + out,
      },
      model_context_window: 272000,
    },
  });
const meta = line('session_meta', {
  id: 'thread-1',
  timestamp: '2026-05-11T09:59:00.5Z',
  cwd: '/w',
  base_instructions: { text: 'You are Codex.' },
  dynamic_tools: [
    { name: 'look', description: 'Looks.', inputSchema: { type: 'object' } },
    { name: 'later', deferLoading: true },
  ],
});
const model = line('turn_context', { model: 'gpt-test', cwd: '/w' });

describe('Codex rollouts (§14)', () => {
  beforeEach(() => {
    clock = 0;
  });

  it('reads instructions, tools, messages, reasoning, calls and outputs; one call with its usage and model', async () => {
    const { events, format } = await read(
      [
        meta,
        model,
        user('go'),
        event({ type: 'user_message', message: 'go\n' }),
        thought('Think.'),
        call('c1'),
        call('c2'),
        tokens(120, 100, 60, 20, 5),
        tokens(120, 100, 60, 20, 5),
        output('c2', { stdout: 'two' }),
        output('c1', { content: 'one', success: false }),
        event({ type: 'agent_message', message: 'Done.' }),
        said('Done.'),
        tokens(270, 130, 100, 20, 0),
        user('thanks'),
      ].join('\n'),
    );
    assert.equal(format, 'codex');
    assert.deepEqual(briefs(events), [
      '{"content_type":"instruction","text":"You are Codex.","name":null}',
      '{"content_type":"config","settings":{"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object"}}}]}}',
      'user: go',
      'reasoning: Think.',
      'call shell {"command":["c1"]}',
      'call shell {"command":["c2"]}',
      'result shell {"error":"one"}',
      'result shell {"result":"{\\"stdout\\":\\"two\\"}"}',
      'assistant: Done.',
      'user: thanks',
    ]);
    assert.equal(commits(events)[0]?.time, '2026-05-11T09:59:00.500000+00:00');
    assert.deepEqual(commits(events)[4]?.metadata, {
      tool_calls: [{ id: 'c1', name: 'shell', arguments: '{"command":["c1"]}' }],
    });
    const [first, second] = calls(events);
    assert.equal(calls(events).length, 2);
    assert.deepEqual(first?.usage, {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 120,
    });
    assert.deepEqual([first.model, first.head, first.answer], ['gpt-test', 2, [3, 4, 5]]);
    assert.deepEqual([second?.head, second?.answer, second?.usage?.['input_tokens']], [7, [8], 130]);
  });

  it('takes the first of an event and an item with one text, in either order, and a text said twice as two', async () => {
    const { events } = await read(
      [
        event({ type: 'user_message', message: 'same' }),
        user('same'),
        event({ type: 'agent_reasoning', text: 'A' }),
        item({
          type: 'reasoning',
          summary: [
            { type: 'summary_text', text: 'A' },
            { type: 'summary_text', text: 'B' },
          ],
        }),
        said('ok'),
        event({ type: 'agent_message', message: 'ok' }),
        user('same'),
        user('same'),
      ].join('\n'),
    );
    assert.deepEqual(briefs(events), [
      'user: same',
      'reasoning: A',
      'reasoning: B',
      'assistant: ok',
      'user: same',
      'user: same',
    ]);
    assert.equal(calls(events).length, 1);
  });

  it('§14: knows a prompt with images again, in either order: the event has the typed text only', async () => {
    const prompt = item({
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'look' },
        { type: 'input_text', text: '<image name=[Image #1]>' },
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        { type: 'input_text', text: '</image>' },
      ],
    });
    const told = event({ type: 'user_message', message: 'look', images: ['data:image/png;base64,AAAA'] });
    const first = await read([meta, prompt, told, said('ok')].join('\n'));
    assert.deepEqual(briefs(first.events).slice(2), [
      'user: look\n\n<image name=[Image #1]>\n\n[image left out: image/png, 3 bytes]\n\n</image>',
      'assistant: ok',
    ]);
    const second = await read([meta, told, prompt, said('ok')].join('\n'));
    assert.deepEqual(briefs(second.events).slice(2), ['user: look', 'assistant: ok']);
  });

  it('knows the order of older versions: events and usage before the items of the call, or usage after outputs', async () => {
    const { events } = await read(
      [
        user('go'),
        event({ type: 'agent_reasoning', text: 'T' }),
        tokens(10, 5, 0, 5, 0),
        thought('T'),
        call('c1'),
        output('c1', 'x'),
        call('c2'),
        output('c2', 'y'),
        tokens(30, 15, 0, 5, 0),
        tokens(50, 16, 0, 4, 0),
        said('end'),
      ].join('\n'),
    );
    assert.deepEqual(
      calls(events).map(({ answer, usage }) => [answer.length, usage?.['input_tokens']]),
      [
        [2, 5],
        [1, 15],
        [1, 16],
      ],
    );
  });

  it('§14: usage of a call without an answer in the file is a call of its own, not the next one’s', async () => {
    const { events, pending } = await read(
      [
        meta,
        model,
        user('a'),
        tokens(10, 9, 0, 1, 0),
        line('turn_context', { model: 'gpt-other' }),
        user('b'),
        said('B'),
        tokens(30, 19, 0, 1, 0),
        // Figures of the context, of no call.
        tokens(300, 0, 0, 0, 0),
        tokens(60, 29, 0, 1, 0),
        user('c'),
        said('C'),
        tokens(100, 39, 0, 1, 0),
        tokens(150, 49, 0, 1, 0),
      ].join('\n'),
    );
    assert.deepEqual(
      calls(events).map(({ usage, answer, model: name, line: at }) => [usage?.['input_tokens'], answer, name, at]),
      [
        [9, [], 'gpt-test', 4],
        [19, [4], 'gpt-other', 7],
        [29, [], 'gpt-other', 10],
        [39, [6], 'gpt-other', 12],
      ],
    );
    assert.equal(events.filter(({ kind }) => kind === 'lane').length, 1);
    // The last one may still get its answer.
    assert.equal(pending, 1);
  });

  it('reads the oldest rollouts: a header and bare items, all at the header’s time', async () => {
    const { events, format } = await read(
      [
        { id: 'old-1', timestamp: '2025-06-01T10:00:00Z', instructions: 'Be kind.' },
        { record_type: 'state' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
        { type: 'reasoning', summary: [], encrypted_content: 'gAAAA' },
        { type: 'local_shell_call', call_id: 'l1', action: { type: 'exec', command: ['ls'] } },
        { type: 'local_shell_call_output', call_id: 'l1', output: 'a' },
        { type: 'custom_tool_call', call_id: 'p1', name: 'apply_patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'p1', output: 'ok' },
        { type: 'web_search_call', action: { type: 'search', query: 'q' } },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'bye' }] },
      ]
        .map((value) => JSON.stringify(value))
        .join('\n'),
    );
    assert.equal(format, 'codex');
    assert.deepEqual(briefs(events, 'old-1').slice(1), [
      'user: hi',
      'reasoning: [encrypted reasoning, 5 characters]',
      'call local_shell {"type":"exec","command":["ls"]}',
      'result local_shell {"result":"a"}',
      'call apply_patch {"input":"*** Begin"}',
      'result apply_patch {"result":"ok"}',
      'call web_search {"type":"search","query":"q"}',
      'assistant: bye',
    ]);
    assert.ok(commits(events).every(({ time }) => time === '2025-06-01T10:00:00+00:00'));
    assert.deepEqual(skips(events), ['2 state: no message']);
    assert.deepEqual(
      calls(events).map(({ usage }) => usage),
      [null, null, null],
    );
  });

  it('turns a compaction into a summary of everything but instructions and the messages it kept', async () => {
    const kept = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one' }] }];
    const { events } = await read(
      [
        meta,
        user('one'),
        said('A'),
        user('two'),
        said('B'),
        line('compacted', { message: 'Summary.', replacement_history: kept }),
        user('three'),
      ].join('\n'),
    );
    assert.deepEqual(briefs(events).slice(6), ['compress 3,4,5: Summary.', 'user: three']);
  });

  it('makes a branch of a rollback, counting only what the person typed', async () => {
    const { events } = await read(
      [
        user('<environment_context>x</environment_context>'),
        user('one'),
        said('A'),
        user('two'),
        said('B'),
        event({ type: 'thread_rolled_back', num_turns: 1 }),
        user('instead'),
        said('C'),
      ].join('\n'),
    );
    assert.deepEqual(
      commits(events).map(({ parent, lane }) => [parent, lane]),
      [
        [null, 0],
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [2, 1],
        [5, 1],
      ],
    );
  });

  it('reports unknown lines and goes on', async () => {
    const { events } = await read(
      [meta, line('brand_new', {}), item({ type: 'odd' }), '[1]', user('x'), '{"type":"response_item","pay'].join('\n'),
    );
    assert.deepEqual(skips(events), [
      '2 brand_new: unknown line',
      '3 odd: unknown line',
      '4 line: not an object',
      '6 line: the last line is not complete',
    ]);
  });
});
