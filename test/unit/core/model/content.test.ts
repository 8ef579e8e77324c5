import assert from 'node:assert/strict';
import { ContentValidationError } from '../../../../src/library.js';
import { failure, openTract, texts } from '../support.js';

const dialogue = (text: unknown) => ({ content_type: 'dialogue', role: 'user', text }) as object;

async function refused(content: unknown): Promise<ContentValidationError> {
  const tract = await openTract();
  const error = await failure(tract.commit(content as object));
  assert.ok(error instanceof ContentValidationError, `${error.name}: ${error.message}`);
  assert.equal(error.code, 'CONTENT_VALIDATION');
  assert.equal(tract.head, null);
  return error;
}

describe('content types (§3)', () => {
  const compiled: readonly (readonly [object, role: string, priority: string, text: string])[] = [
    [{ content_type: 'instruction', text: 'T' }, 'system', 'pinned', 'T'],
    [{ content_type: 'dialogue', role: 'user', text: 'T' }, 'user', 'normal', 'T'],
    [{ content_type: 'dialogue', role: 'tool', text: 'T' }, 'tool', 'normal', 'T'],
    [
      { content_type: 'tool_io', tool_name: 'calc', direction: 'result', payload: { value: 4 } },
      'tool',
      'normal',
      'calc → 4',
    ],
    [{ content_type: 'artifact', artifact_type: 'code', content: 'x = 1' }, 'assistant', 'normal', 'x = 1'],
    [{ content_type: 'output', text: 'T' }, 'assistant', 'normal', 'T'],
    [
      { content_type: 'freeform', payload: { b: [1], a: { '\u{1F600}': 1, '\uFFFD': 2 } } },
      'assistant',
      'normal',
      '{\n  "a": {\n    "\uFFFD": 2,\n    "\u{1F600}": 1\n  },\n  "b": [\n    1\n  ]\n}',
    ],
  ];
  for (const [content, role, priority, text] of compiled) {
    it(`§3: ${JSON.stringify(content).slice(0, 60)} compiles as ${role}, ${priority}`, async () => {
      const tract = await openTract();
      const commit = await tract.commit(content);
      assert.equal(commit.effectivePriority, priority);
      const [message] = (await tract.compile()).messages;
      assert.deepEqual([message?.role, message?.priority, message?.content], [role, priority, text]);
    });
  }

  it('§3: a session compiles as readable text, role system, pinned', async () => {
    const tract = await openTract();
    await tract.commit({
      content_type: 'session',
      session_type: 'handoff',
      summary: 'half done',
      decisions: ['use SQLite'],
      failed_approaches: [],
      next_steps: ['write tests'],
    });
    const [message] = (await tract.compile()).messages;
    assert.equal(message?.role, 'system');
    assert.equal(message.priority, 'pinned');
    for (const part of ['handoff', 'half done', 'use SQLite', 'write tests'])
      assert.ok(message.content.includes(part), part);
    assert.ok(!message.content.includes('Failed'));
  });

  it('§3: config and metadata make no message; the nearest config wins per key and null unsets', async () => {
    const tract = await openTract();
    const tool = { type: 'function', function: { name: 'f' } };
    await tract.commit({ content_type: 'config', settings: { tools: [tool], a: 1 } });
    await tract.commit({ content_type: 'metadata', kind: 'note' });
    assert.deepEqual((await tract.compile()).messages, []);
    assert.deepEqual((await tract.compile()).tools, [tool]);
    await tract.commit({ content_type: 'config', settings: { tools: null } });
    assert.equal((await tract.compile()).tools, null);
  });

  it('§3: reasoning shows with includeReasoning or when annotated; an explicit skip always hides it', async () => {
    const tract = await openTract();
    const thought = await tract.commit({ content_type: 'reasoning', text: 'hm' });
    assert.equal(thought.effectivePriority, 'skip');
    assert.deepEqual(texts(await tract.compile()), []);
    assert.deepEqual(texts(await tract.compile({ includeReasoning: true })), ['hm']);
    await tract.annotate(thought.commitHash, 'normal');
    assert.deepEqual(texts(await tract.compile()), ['hm']);
    await tract.annotate(thought.commitHash, 'skip');
    assert.deepEqual(texts(await tract.compile({ includeReasoning: true })), []);
  });

  it('§3: a custom type compiles with its own role, priority and text', async () => {
    const tract = await openTract({
      contentTypes: {
        note: {
          fields: { body: { kind: 'string' } },
          priority: 'important',
          compiled: true,
          role: 'user',
          text: (content) => `Note: ${content['body'] as string}`,
        },
      },
    });
    await tract.commit({ content_type: 'note', body: 'x' });
    const [message] = (await tract.compile()).messages;
    assert.deepEqual([message?.role, message?.content, message?.priority], ['user', 'Note: x', 'important']);
  });

  it('§3, B.2: an attached file is an artifact with metadata path and role user', async () => {
    const tract = await openTract();
    const content = { content_type: 'artifact', artifact_type: 'file', content: 'let x;' };
    await tract.commit(content, { metadata: { path: 'src/a.ts', role: 'user' } });
    const [message] = (await tract.compile()).messages;
    assert.equal(message?.role, 'user');
    assert.ok(message.content.includes('src/a.ts') && message.content.includes('let x;'));
  });

  it('§3: messages carry tool_calls, tool_call_id and name from the metadata; the nested shape is accepted', async () => {
    const tract = await openTract();
    const nested = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } };
    await tract.assistant('', { metadata: { tool_calls: [nested] } });
    await tract.commit(
      { content_type: 'dialogue', role: 'tool', text: 'ok' },
      { metadata: { tool_call_id: 'c1', name: 'f' } },
    );
    const [call, result] = (await tract.compile()).messages;
    assert.deepEqual(call?.toolCalls, [{ id: 'c1', name: 'f', arguments: '{"a": 1}' }]);
    assert.deepEqual([result?.toolCallId, result?.name], ['c1', 'f']);
  });
});

describe('validation of contents (§3, issue 3)', () => {
  it('§3: a missing field names required, optional, provided and missing fields', async () => {
    const error = await refused({ content_type: 'dialogue', role: 'user', nme: 'x' });
    assert.deepEqual(error.required, ['role', 'text']);
    assert.deepEqual(error.optional, ['name']);
    assert.deepEqual([...error.provided].sort(), ['nme', 'role']);
    assert.deepEqual(error.missing, ['text']);
    for (const name of ['role', 'text', 'name', 'nme']) assert.ok(error.message.includes(name), name);
  });

  const bad: Readonly<Record<string, unknown>> = {
    'no type': { text: 'x' },
    'an unknown type': { content_type: 'dialog', text: 'x' },
    'a type from the prototype': { content_type: 'constructor' },
    'a wrong role': { content_type: 'dialogue', role: 'robot', text: 'x' },
    'a number as text': dialogue(7),
    'null as text': dialogue(null),
    'an array': [dialogue('x')],
    'a string': 'x',
    null: null,
    'a lone high surrogate': dialogue('a\uD800b'),
    'a lone low surrogate': dialogue('\uDC00'),
    'a key with a lone surrogate': { content_type: 'freeform', payload: { '\uD800': 1 } },
    NaN: { content_type: 'freeform', payload: { a: NaN } },
    Infinity: { content_type: 'freeform', payload: { a: [Infinity] } },
    'a function': { content_type: 'freeform', payload: { a: () => 1 } },
    'a BigInt': { content_type: 'freeform', payload: { a: 1n } },
    'a Map': { content_type: 'freeform', payload: new Map([['a', 1]]) },
    'an operation’s own type': { content_type: 'annotation', target: 'x', priority: 'skip' },
  };
  for (const [what, content] of Object.entries(bad))
    it(`§3: ${what} is refused and nothing is stored`, async () => {
      await refused(content);
    });

  it('issue 3: 10,000 levels of nesting are a ContentValidationError, not a crash', async () => {
    let payload: object = {};
    for (let i = 0; i < 10_000; i++) payload = { a: payload };
    await refused({ content_type: 'freeform', payload });
    let list: unknown[] = [];
    for (let i = 0; i < 10_000; i++) list = [list];
    await refused({ content_type: 'freeform', payload: { list } });
  });

  it('issue 3: a cycle is a ContentValidationError', async () => {
    const payload: Record<string, unknown> = {};
    payload['self'] = payload;
    await refused({ content_type: 'freeform', payload });
  });

  it('issue 3: NUL, special tokens and 1 MB of text come back exactly', async () => {
    const tract = await openTract();
    const long = 'word '.repeat(200_000) + '\u0000<|endoftext|>\r\n';
    await tract.user(long);
    assert.equal((await tract.compile()).messages[0]?.content, long);
  });

  it('issue 3: __proto__ and constructor are plain keys and pollute nothing', async () => {
    const tract = await openTract();
    const payload = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    ) as object;
    await tract.commit(
      { content_type: 'freeform', payload },
      { metadata: JSON.parse('{"__proto__": {"polluted": 1}}') as object },
    );
    await tract.commit({
      content_type: 'config',
      settings: JSON.parse('{"__proto__": {"polluted": 1}, "toString": 1}') as object,
    });
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    const [message] = (await tract.compile()).messages;
    assert.ok(message?.content.includes('"__proto__"'));
  });

  it('issue 3: directives named __proto__ and toString override only their own name', async () => {
    const tract = await openTract();
    for (const [name, text] of [
      ['__proto__', 'a'],
      ['toString', 'b'],
      ['__proto__', 'c'],
    ])
      await tract.commit({ content_type: 'instruction', name, text });
    assert.deepEqual(texts(await tract.compile()), ['b', 'c']);
  });
});
