import assert from 'node:assert/strict';
import { ClaudeLines, text, tool } from './claude-lines.js';
import { briefs, calls, commits, read, skips } from './reading.js';

describe('Claude Code sessions (§14, Annex B.8)', () => {
  it('reads a call of several lines with parallel tools as one step, results in the order of the calls', async () => {
    const file = new ClaudeLines()
      .user('u1', 'do it')
      .assistant('a1', 'm1', [{ type: 'thinking', thinking: 'hm', signature: 'x' }])
      .assistant('a2', 'm1', text('Reading.'))
      .assistant('a3', 'm1', tool('t1'))
      .add({ type: 'progress', uuid: 'p1', data: { type: 'hook_progress' } })
      .assistant('a4', 'm1', tool('t2'))
      .result('r2', 't2', 'two', { parentUuid: 'a4' })
      .result('r1', 't1', 'one', { parentUuid: 'a3' })
      .assistant('a5', 'm2', text('Done.'));
    const { events, format, pending } = await read(file.text);
    assert.equal(format, 'claude-code');
    assert.equal(pending, 0);
    assert.deepEqual(briefs(events), [
      'user: do it',
      'reasoning: hm',
      'assistant: Reading.',
      'call Read {"path":"t1"}',
      'call Read {"path":"t2"}',
      'result Read {"result":"one"}',
      'result Read {"result":"two"}',
      'assistant: Done.',
    ]);
    assert.equal(events.filter((event) => event.kind === 'lane').length, 1);
    const [first, second] = calls(events);
    assert.ok(first && second);
    assert.deepEqual(
      [first.id, first.head, first.answer, first.usage],
      ['m1', 0, [1, 2, 3, 4], { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 5 }],
    );
    assert.deepEqual([second.id, second.head, second.answer, second.model], ['m2', 6, [7], 'claude-test']);
    assert.deepEqual(skips(events), ['5 progress: no message']);
  });

  it('keeps the session’s own times and ids, and the provider’s tool ids', async () => {
    const file = new ClaudeLines()
      .user('u1', 'go', { timestamp: '2026-02-11T20:36:45.618123Z' })
      .assistant('a1', 'm1', tool('t1', 'Bash', { command: 'ls' }))
      .result('r1', 't1', 'x')
      .user('u2', 'on');
    const [prompt, call, result] = commits((await read(file.text)).events);
    assert.equal(prompt?.time, '2026-02-11T20:36:45.618123+00:00');
    assert.equal(prompt.id, 'u1');
    assert.deepEqual(call?.metadata, { tool_calls: [{ id: 't1', name: 'Bash', arguments: '{"command":"ls"}' }] });
    assert.equal(call.time, '2026-01-01T00:00:01+00:00');
    assert.deepEqual(result?.metadata, { tool_call_id: 't1' });
  });

  it('takes results and calls that interleave as one step (a result may stand between the lines of its call)', async () => {
    const file = new ClaudeLines()
      .user('u1', 'go')
      .assistant('a1', 'm1', tool('t1'))
      .result('r1', 't1', 'one')
      .assistant('a2', 'm1', tool('t2'))
      .result('r2', 't2', 'two')
      .user('u2', 'next');
    assert.deepEqual(briefs((await read(file.text)).events), [
      'user: go',
      'call Read {"path":"t1"}',
      'call Read {"path":"t2"}',
      'result Read {"result":"one"}',
      'result Read {"result":"two"}',
      'user: next',
    ]);
  });

  it('holds results back until nothing can come before them, and counts them as pending', async () => {
    const file = new ClaudeLines()
      .user('u1', 'go')
      .assistant('a1', 'm1', tool('t1'))
      .assistant('a2', 'm1', tool('t2'))
      .result('r2', 't2', 'two', { parentUuid: 'a2' });
    const part = await read(file.text);
    assert.equal(part.pending, 1);
    assert.equal(commits(part.events).length, 3);
    assert.equal(calls(part.events).length, 1);
    file.result('r1', 't1', 'one', { parentUuid: 'a1' });
    assert.equal((await read(file.text)).pending, 2);
    file.user('u2', 'next');
    assert.equal((await read(file.text)).pending, 0);
  });

  it('with final usage (a stop reason) lets results go in the order of the calls', async () => {
    const final = { stop_reason: 'tool_use' };
    const file = new ClaudeLines()
      .user('u1', 'go')
      .assistant('a1', 'm1', tool('t1'), {}, final)
      .assistant('a2', 'm1', tool('t2'), {}, final)
      .result('r2', 't2', 'two', { parentUuid: 'a2' });
    assert.equal((await read(file.text)).pending, 1);
    file.result('r1', 't1', 'one', { parentUuid: 'a1' });
    const { events, pending } = await read(file.text);
    assert.equal(pending, 0);
    assert.deepEqual(briefs(events).slice(3), ['result Read {"result":"one"}', 'result Read {"result":"two"}']);
    assert.equal(calls(events)[0]?.finishReason, 'tool_use');
  });

  it('§14: two calls of one tool with the same arguments are two, also in one line', async () => {
    const twice = [...tool('t1', 'Read', {}), ...tool('t2', 'Read', {}), ...tool('t1', 'Read', {})];
    const file = new ClaudeLines()
      .user('u1', 'go')
      .assistant('a1', 'm1', twice)
      .result('r1', 't1', 'one')
      .result('r2', 't2', 'two')
      .user('u2', 'next');
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events).slice(1), [
      'call Read {}',
      'call Read {}',
      'result Read {"result":"one"}',
      'result Read {"result":"two"}',
      'user: next',
    ]);
    assert.deepEqual(skips(events), ['2 tool_use: duplicate']);
  });

  it('§14: the result of a tool that the provider ran itself names its tool', async () => {
    const blocks = [
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'tract' } },
      { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ type: 'text', text: 'found' }] },
    ];
    const { events } = await read(new ClaudeLines().user('u1', 'go').assistant('a1', 'm1', blocks).text);
    assert.deepEqual(briefs(events).slice(1), [
      'call web_search {"query":"tract"}',
      'result web_search {"result":"found"}',
    ]);
  });

  it('makes a branch where the person went back: two prompts on one step', async () => {
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('first'))
      .user('u2', 'two')
      .assistant('a2', 'm2', text('second'))
      .user('u3', 'instead', { parentUuid: 'a1' })
      .assistant('a3', 'm3', text('third'));
    const { events } = await read(file.text);
    assert.deepEqual(
      commits(events).map(({ seq, parent, lane }) => [seq, parent, lane]),
      [
        [0, null, 0],
        [1, 0, 0],
        [2, 1, 0],
        [3, 2, 0],
        [4, 1, 1],
        [5, 4, 1],
      ],
    );
    assert.deepEqual(
      events.filter((event) => event.kind === 'lane').map(({ id, from }) => [id, from]),
      [
        ['u1', null],
        ['u3', 1],
      ],
    );
  });

  it('makes a branch for two complete answers to one prompt', async () => {
    const done = { stop_reason: 'end_turn' };
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('first'), {}, done)
      .assistant('a2', 'm2', text('other'), { parentUuid: 'u1' }, done);
    assert.deepEqual(
      commits((await read(file.text)).events).map(({ parent, lane }) => [parent, lane]),
      [
        [null, 0],
        [0, 0],
        [0, 1],
      ],
    );
  });

  it('keeps a retry’s broken answer in the history, skipped, without a branch', async () => {
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('brok'))
      .assistant('a2', 'm2', text('whole'), { parentUuid: 'u1' })
      .user('u2', 'two');
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events), ['user: one', 'assistant: brok', 'skip 1', 'assistant: whole', 'user: two']);
    assert.deepEqual(
      commits(events).map(({ parent }) => parent),
      [null, 0, 1, 2, 3],
    );
    assert.equal(calls(events).length, 2);
    assert.equal(events.filter((event) => event.kind === 'lane').length, 1);
  });

  it('makes an edit of a streamed rewrite of a line of the same call', async () => {
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('Hel'))
      .assistant('a2', 'm1', text('Hello'), { parentUuid: 'u1' })
      .user('u2', 'two');
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events), ['user: one', 'assistant: Hel', 'edit 1 assistant: Hello', 'user: two']);
    assert.equal(calls(events).length, 1);
  });

  it('counts a call once by its request id when the message id differs', async () => {
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('A'), { requestId: 'r' })
      .assistant('a2', 'm1b', tool('t1'), { requestId: 'r' });
    assert.equal(calls((await read(file.text)).events).length, 1);
  });

  it('turns a compaction into one summary of everything before it', async () => {
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('first'))
      .add({
        type: 'system',
        subtype: 'compact_boundary',
        uuid: 'c1',
        parentUuid: null,
        logicalParentUuid: 'a1',
        content: 'Conversation compacted',
      })
      .user('s1', 'Summary.', { isCompactSummary: true, isVisibleInTranscriptOnly: true })
      .assistant('a2', 'm2', text('on'))
      .add({ type: 'system', subtype: 'compact_boundary', uuid: 'c2', parentUuid: null, logicalParentUuid: 'a2' })
      .user('s2', 'Again.', { isCompactSummary: true });
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events), [
      'user: one',
      'assistant: first',
      'compress 0,1: Summary.',
      'assistant: on',
      'compress 2,3: Again.',
    ]);
    assert.equal(events.filter((event) => event.kind === 'lane').length, 1);
  });

  it('leaves what a compaction preserved as it was', async () => {
    const segment = { headUuid: 'u2', tailUuid: 'a2', anchorUuid: 's1' };
    const file = new ClaudeLines()
      .user('u1', 'one')
      .assistant('a1', 'm1', text('first'))
      .user('u2', 'two')
      .assistant('a2', 'm2', text('second'))
      .add({
        type: 'system',
        subtype: 'compact_boundary',
        uuid: 'c1',
        parentUuid: null,
        logicalParentUuid: 'a2',
        compactMetadata: { preservedSegment: segment },
      })
      .user('s1', 'Summary.', { isCompactSummary: true });
    assert.equal(briefs((await read(file.text)).events).at(-1), 'compress 0,1: Summary.');
  });

  it('makes child conversations of sub-agents: from files, progress lines and inline sidechains', async () => {
    const inline = new ClaudeLines()
      .user('u1', 'go')
      .assistant('a1', 'm1', tool('t1', 'Task', { prompt: 'Look around' }))
      .user('s1', 'Look around', { isSidechain: true, parentUuid: null })
      .assistant('s2', 'n1', text('Found.'), { isSidechain: true, parentUuid: 's1' })
      .result('r1', 't1', 'Found.', { parentUuid: 'a1' })
      .user('u2', 'thanks');
    const { events } = await read(inline.text);
    assert.deepEqual(briefs(events, 'session-1/s1'), ['user: Look around', 'assistant: Found.']);
    assert.deepEqual(
      events.filter((event) => event.kind === 'agent'),
      [{ kind: 'agent', session: 'session-1', agentId: 's1', from: 1 }],
    );
    assert.equal(briefs(events, 'session-1').length, 4);

    const progress = new ClaudeLines().user('u1', 'go').assistant('a1', 'm1', tool('t1', 'Task', { prompt: 'Look' }));
    const inner = (message: object, uuid: string): Record<string, unknown> => ({
      type: 'progress',
      uuid: `p-${uuid}`,
      parentToolUseID: 't1',
      data: { type: 'agent_progress', agentId: 'abc', message: { uuid, ...message } },
    });
    progress
      .add(inner({ type: 'user', message: { role: 'user', content: text('Look') } }, 's1'))
      .add(inner({ type: 'assistant', message: { id: 'n1', role: 'assistant', content: tool('x1') } }, 's2'))
      .add(
        inner(
          {
            type: 'user',
            message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x1', content: 'y' }] },
          },
          's3',
        ),
      )
      .result('r1', 't1', 'Found.', { toolUseResult: { agentId: 'abc', status: 'completed' } })
      .user('u2', 'thanks');
    const second = await read(progress.text);
    assert.deepEqual(briefs(second.events, 'session-1/abc'), [
      'user: Look',
      'call Read {"path":"x1"}',
      'result Read {"result":"y"}',
    ]);
    assert.equal(second.pending, 0);
  });

  it('puts placeholders for images and documents, and says so', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAAAA==' } };
    const file = new ClaudeLines()
      .user('u1', [{ type: 'text', text: 'see' }, image])
      .assistant('a1', 'm1', tool('t1'))
      .result('r1', 't1', [{ type: 'text', text: 'page' }, document, { type: 'odd' }])
      .user('u2', 'on');
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events), [
      'user: see\n\n[image left out: image/png, 3 bytes]',
      'call Read {"path":"t1"}',
      'result Read {"result":"page\\n[document left out: application/pdf, 4 bytes]\\n[odd left out: no text in it]"}',
      'user: on',
    ]);
    assert.deepEqual(skips(events), [
      '1 image: image/png, 3 bytes: left out, a placeholder stands in its place',
      '3 document: application/pdf, 4 bytes: left out, a placeholder stands in its place',
      '3 odd: no text in it: left out, a placeholder stands in its place',
    ]);
  });

  it('knows errors of tools and of the API, synthetic messages, meta lines and local commands', async () => {
    const file = new ClaudeLines()
      .user('u0', '<local-command-caveat>Caveat</local-command-caveat>', { isMeta: true })
      .user('u1', '<command-name>/x</command-name>')
      .add({ type: 'system', subtype: 'local_command', uuid: 'l1', content: '<local-command-stdout>ok' })
      .user('u2', 'go')
      .assistant('a1', 'm1', tool('t1'))
      .user('r1', [{ type: 'tool_result', tool_use_id: 't1', content: 'boom', is_error: true }])
      .user('n1', text('skill text'), { isMeta: true, sourceToolUseID: 't1' })
      .assistant('e1', 'x', text('API Error: 529'), { isApiErrorMessage: true }, { model: '<synthetic>' })
      .assistant('e2', 'y', text('No response requested.'), {}, { model: '<synthetic>' })
      .user('i1', text('[Request interrupted by user]'));
    const { events } = await read(file.text);
    assert.deepEqual(briefs(events), [
      'user: <local-command-caveat>Caveat</local-command-caveat>',
      'user: <command-name>/x</command-name>',
      'user: <local-command-stdout>ok',
      'user: go',
      'call Read {"path":"t1"}',
      'result Read {"error":"boom"}',
      'user: skill text',
      '{"content_type":"metadata","kind":"api-error","data":{"text":"API Error: 529"},"path":null}',
      'assistant: No response requested.',
      'user: [Request interrupted by user]',
    ]);
    assert.equal(calls(events).length, 1);
  });

  it('drops duplicated lines and copied prefixes, and goes on from them', async () => {
    const file = new ClaudeLines().user('u1', 'one').assistant('a1', 'm1', tool('t1')).result('r1', 't1', 'x');
    const before = [...file.lines];
    file.assistant('a2', 'm2', text('Done.'));
    // A resumed session with the same lines under new ids.
    const copy = before.map((line) => line.replaceAll(/"(u1|a1|r1)"/g, '"$1-copy"'));
    const again = new ClaudeLines().assistant('a3', 'm3', text('Resumed.'), { parentUuid: 'r1-copy' });
    const whole = [...file.lines, ...file.lines.slice(0, 2), ...copy, ...again.lines].join('\n');
    const { events } = await read(whole);
    assert.deepEqual(briefs(events), [
      'user: one',
      'call Read {"path":"t1"}',
      'result Read {"result":"x"}',
      'assistant: Done.',
      'skip 3',
      'assistant: Resumed.',
    ]);
    assert.deepEqual(
      calls(events).map(({ id }) => id),
      ['m1', 'm2', 'm3'],
    );
  });

  it('reads old files without ids, content as text, queued commands and attached files', async () => {
    const lines = [
      { type: 'summary', summary: 'A title', leafUuid: 'x' },
      { type: 'user', message: { role: 'user', content: 'hello' } },
      { type: 'assistant', message: { role: 'assistant', content: 'hi' } },
      { type: 'attachment', attachment: { type: 'queued_command', prompt: 'and this' } },
      {
        type: 'attachment',
        attachment: {
          type: 'file',
          filename: '/a.ts',
          content: { type: 'text', file: { filePath: '/a.ts', content: 'x' } },
        },
      },
      { type: 'attachment', attachment: { type: 'todo_reminder' } },
      { type: 'brand-new', uuid: 'z' },
      { type: 'user' },
    ];
    const { events } = await read(lines.map((line) => JSON.stringify(line)).join('\n'));
    assert.deepEqual(briefs(events), ['user: hello', 'assistant: hi', 'user: and this', 'file: x']);
    assert.deepEqual(commits(events)[3]?.metadata, { path: '/a.ts', role: 'user' });
    assert.deepEqual(skips(events), [
      '1 summary: no message',
      '6 attachment:todo_reminder: no message',
      '7 brand-new: unknown line',
      '8 user: no message in it',
    ]);
  });

  it('§14: knows lines without a type by their message, and answers without content', async () => {
    const lines = [
      { timestamp: '2026-01-01T00:00:00Z', sessionId: 's', message: { role: 'user', content: 'q' } },
      {
        timestamp: '2026-01-01T00:00:01Z',
        sessionId: 's',
        requestId: 'r',
        message: { role: 'assistant', id: 'm', model: 'x', usage: { input_tokens: 5, output_tokens: 2 } },
      },
    ];
    const { events, format } = await read(lines.map((line) => JSON.stringify(line)).join('\n'));
    assert.equal(format, 'claude-code');
    assert.deepEqual(briefs(events), ['user: q']);
    assert.deepEqual(
      calls(events).map(({ usage, head, answer }) => [usage, head, answer]),
      [[{ input_tokens: 5, output_tokens: 2 }, 0, []]],
    );
    assert.deepEqual(skips(events), []);
  });

  it('gives a call at the beginning of a file something to be compiled from', async () => {
    const { events } = await read(new ClaudeLines().assistant('a1', 'm1', text('mid')).text);
    assert.equal(calls(events)[0]?.head, 0);
    assert.equal(commits(events)[0]?.content['content_type'], 'metadata');
  });

  it('§4: survives CRLF, a byte order mark, NUL, lone surrogates, invalid UTF-8, broken lines and a growing last line', async () => {
    const file = new ClaudeLines().user('u1', 'a\u0000b');
    const surrogate = file.lines[0]?.replace('"u1"', '"u2"').replace('a\\u0000b', 'x\\ud800y') ?? '';
    const bytes = [
      ...new TextEncoder().encode(`\uFEFF${file.text.trim()}\r\n\r\n{broken\r\n${surrogate}\r\n`),
      ...new TextEncoder().encode('{"type":"user","uuid":"u3","message":{"content":"'),
      0xff,
      ...new TextEncoder().encode('"}}\n{"type":"user","uuid":"u4","mess'),
    ];
    const { events } = await read(new Uint8Array(bytes));
    assert.deepEqual(briefs(events), ['user: a\u0000b', 'user: x\uFFFDy', 'user: \uFFFD']);
    assert.deepEqual(skips(events), [
      '3 line: not JSON',
      '4 user: lone surrogates were replaced by U+FFFD',
      '5 line: invalid UTF-8 was replaced by U+FFFD',
      '6 line: the last line is not complete',
    ]);
  });

  it('keeps sessions that share a file apart, and goes back to the very beginning as a branch', async () => {
    const one = new ClaudeLines('s-1').user('u1', 'one').assistant('a1', 'm1', text('A'));
    const two = new ClaudeLines('s-2').user('v1', 'two').assistant('b1', 'm2', text('B'));
    const back = new ClaudeLines('s-1').user('u9', 'start over');
    const { events } = await read([...one.lines, ...two.lines, ...back.lines].join('\n'));
    assert.deepEqual(briefs(events, 's-1'), ['user: one', 'assistant: A', 'user: start over']);
    assert.deepEqual(briefs(events, 's-2'), ['user: two', 'assistant: B']);
    assert.deepEqual(
      commits(events, 's-1').map(({ parent, lane }) => [parent, lane]),
      [
        [null, 0],
        [0, 0],
        [null, 1],
      ],
    );
  });
});
