import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { canonicalJson, contentHash, ContentValidationError, InvalidArgumentError } from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

const sha256 = (value: object) => createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');

type Given = Readonly<Record<string, unknown>> & { readonly content_type: string };

/** Of each type the least that can be given, and what SPEC §3 adds to it. */
const DEFAULTS: readonly (readonly [given: Given, added: object])[] = [
  [{ content_type: 'instruction', text: 'T' }, { name: null }],
  [{ content_type: 'dialogue', role: 'user', text: 'T' }, { name: null }],
  [{ content_type: 'tool_io', tool_name: 'f', direction: 'call', payload: {} }, { status: null }],
  [{ content_type: 'reasoning', text: 'T' }, { format: 'parsed' }],
  [{ content_type: 'artifact', artifact_type: 'code', content: 'T' }, { language: null }],
  [{ content_type: 'output', text: 'T' }, { format: 'text' }],
  [{ content_type: 'freeform', payload: {} }, {}],
  [
    { content_type: 'session', session_type: 'start', summary: 'T' },
    { decisions: [], failed_approaches: [], next_steps: [] },
  ],
  [{ content_type: 'config', settings: {} }, {}],
  [
    { content_type: 'metadata', kind: 'note' },
    { data: {}, path: null },
  ],
];

/** Every value that a field with a list of values takes. */
const VALUES: readonly (readonly [given: object, field: string, values: readonly string[]])[] = [
  [{ content_type: 'dialogue', text: 'T' }, 'role', ['user', 'assistant', 'system', 'tool']],
  [{ content_type: 'tool_io', tool_name: 'f', payload: {} }, 'direction', ['call', 'result']],
  [{ content_type: 'tool_io', tool_name: 'f', direction: 'result', payload: {} }, 'status', ['success', 'error']],
  [{ content_type: 'reasoning', text: 'T' }, 'format', ['parsed', 'raw', 'think_tags', 'anthropic']],
  [{ content_type: 'output', text: 'T' }, 'format', ['text', 'markdown', 'json']],
  [{ content_type: 'session', summary: 'T' }, 'session_type', ['start', 'end', 'handoff', 'checkpoint']],
];

describe('fields of the content types (§3, §4)', () => {
  for (const [given, added] of DEFAULTS) {
    it(`§3, §4: ${given.content_type}: what is left out is hashed as ${JSON.stringify(added)}`, async () => {
      const whole = { ...given, ...added };
      assert.equal(contentHash(given), sha256(whole));
      assert.equal(contentHash(whole), sha256(whole));
      assert.equal((await (await openTract()).commit(given)).contentHash, sha256(whole));
    });

    it(`§3: ${given.content_type}: each required field is missed by name, an unknown one is refused`, async () => {
      const tract = await openTract();
      const required = Object.keys(given).filter((name) => name !== 'content_type');
      for (const name of required) {
        const less = Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));
        const error = await failure(tract.commit(less));
        assert.ok(error instanceof ContentValidationError);
        assert.deepEqual([error.required, error.missing], [required, [name]]);
        assert.deepEqual(error.optional, Object.keys(added));
        assert.deepEqual([...error.provided].sort(), required.filter((other) => other !== name).sort());
      }
      const error = await failure(tract.commit({ ...given, colour: 'red' }));
      assert.ok(error instanceof ContentValidationError);
      assert.match(error.message, /unknown 'colour'/);
      assert.equal(tract.head, null);
    });
  }

  for (const [given, field, values] of VALUES) {
    it(`§3: ${field} of ${(given as { content_type: string }).content_type} is one of ${values.join(', ')}`, async () => {
      const tract = await openTract();
      for (const value of values) await tract.commit({ ...given, [field]: value });
      const { head } = tract;
      for (const value of ['other', '', 'constructor', 7, [values[0]]]) {
        const error = await failure(tract.commit({ ...given, [field]: value }));
        assert.ok(error instanceof ContentValidationError, String(value));
        assert.ok(error.message.includes(values.join(', ')), error.message);
      }
      assert.equal(tract.head, head);
    });
  }

  it('§3: lists of a session hold texts, payloads and settings are objects', async () => {
    const tract = await openTract();
    for (const content of [
      { content_type: 'session', session_type: 'start', summary: 'T', decisions: 'one' },
      { content_type: 'session', session_type: 'start', summary: 'T', next_steps: [7] },
      { content_type: 'freeform', payload: [] },
      { content_type: 'freeform', payload: null },
      { content_type: 'tool_io', tool_name: 'f', direction: 'call', payload: 'x' },
      { content_type: 'config', settings: 'x' },
      { content_type: 'metadata', kind: 'note', data: 'x' },
      { content_type: 'artifact', artifact_type: null, content: 'x' },
    ])
      assert.ok((await failure(tract.commit(content))) instanceof ContentValidationError, JSON.stringify(content));
    assert.equal(tract.head, null);
  });

  it('§3: roles of dialogue: each is the message’s', async () => {
    const tract = await openTract();
    for (const role of ['user', 'assistant', 'system', 'tool'])
      await tract.commit({ content_type: 'dialogue', role, text: role });
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ role, priority }) => [role, priority]),
      ['user', 'assistant', 'system', 'tool'].map((role) => [role, 'normal']),
    );
  });

  it('§3: a name of a dialogue is the message’s name', async () => {
    const tract = await openTract();
    await tract.commit({ content_type: 'dialogue', role: 'user', text: 'Hi', name: 'Bob' });
    assert.equal((await tract.compile()).messages[0]?.name, 'Bob');
  });

  it('§3: sessions of every type say their type, what was decided, what failed and what is next', async () => {
    for (const session_type of ['start', 'end', 'handoff', 'checkpoint']) {
      const tract = await openTract();
      await tract.commit({
        content_type: 'session',
        session_type,
        summary: 'half done',
        decisions: ['use SQLite'],
        failed_approaches: ['plain files'],
        next_steps: ['write tests'],
      });
      const [message] = (await tract.compile()).messages;
      for (const part of [session_type, 'half done', 'use SQLite', 'plain files', 'write tests'])
        assert.ok(message?.content.includes(part), part);
    }
  });

  it('§3: reasoning that is annotated normal or above shows: normal, important, pinned', async () => {
    for (const priority of ['normal', 'important', 'pinned']) {
      const tract = await openTract();
      const { commitHash } = await tract.commit({ content_type: 'reasoning', text: 'hm' });
      await tract.annotate(commitHash, priority);
      assert.deepEqual(
        (await tract.compile()).messages.map((message) => [message.role, message.content, message.priority]),
        [['assistant', 'hm', priority]],
      );
    }
  });

  it('§3: config: the nearest to head wins per key; a key that is not named stays', async () => {
    const tract = await openTract();
    const tool = (name: string) => ({ type: 'function', function: { name } });
    await tract.commit({ content_type: 'config', settings: { tools: [tool('a')], model: 'm' } });
    await tract.user('Hi');
    await tract.commit({ content_type: 'config', settings: { model: 'n' } });
    assert.deepEqual((await tract.compile()).tools, [tool('a')]);
    await tract.commit({ content_type: 'config', settings: { tools: [tool('b')] } });
    assert.deepEqual((await tract.compile()).tools, [tool('b')]);
    assert.deepEqual((await tract.compile({ at: 'HEAD~1' })).tools, [tool('a')]);
  });

  it('§3: the payloads of operations make no message; a compression’s summary does, role assistant or as chosen', async () => {
    for (const role of [undefined, 'assistant', 'user', 'system', 'tool'] as const) {
      const tract = await openTract();
      const { commitHash } = await tract.user('words that are worth a summary');
      const other = await tract.user('other words that stay');
      await tract.annotate(commitHash, 'important');
      await tract.reorder([other.commitHash]);
      assert.equal((await tract.compile()).commitCount, 2);
      await tract.compress({ range: [commitHash], text: 'short', ...(role === undefined ? {} : { role }) });
      assert.deepEqual(
        (await tract.compile()).messages.map((message) => [message.role, message.content, message.contentType]),
        [
          ['user', 'other words that stay', 'dialogue'],
          [role ?? 'assistant', 'short', 'compression'],
        ],
      );
    }
    const tract = await openTract();
    await tract.user('words that are worth a summary');
    const error = await failure(tract.compress({ text: 's', role: 'robot' as 'user' }));
    assert.match(error.message, /^role must be one of user, assistant, system, tool/);
  });

  it('§3: tool calls keep the provider’s id, whatever it is', async () => {
    const tract = await openTract();
    for (const id of ['call_abc123', 'toolu_01', '0', 'ü/ö'])
      await tract.assistant('', { metadata: { tool_calls: [{ id, name: 'f', arguments: '{}' }] } });
    assert.deepEqual(
      (await tract.compile()).messages.map(({ toolCalls }) => toolCalls?.[0]?.id),
      ['call_abc123', 'toolu_01', '0', 'ü/ö'],
    );
  });

  it('§3: tool_io texts: no payload, a nested one, an error with several keys, a call of a status', async () => {
    const text = async (content: object) => {
      const tract = await openTract();
      await tract.commit({ content_type: 'tool_io', tool_name: 'calc', ...content });
      return (await tract.compile()).messages[0]?.content;
    };
    assert.equal(await text({ direction: 'result', payload: {} }), 'calc →\n{}');
    assert.equal(await text({ direction: 'result', payload: { value: { a: 1 } } }), 'calc → {"a":1}');
    assert.equal(await text({ direction: 'result', payload: { message: 'boom' }, status: 'error' }), 'calc ✗ boom');
    assert.equal(
      await text({ direction: 'result', payload: { code: 1, message: 'boom' }, status: 'error' }),
      'calc ✗\n{"code":1,"message":"boom"}',
    );
    assert.equal(await text({ direction: 'call', payload: { expression: '2+2' } }), "calc(expression='2+2')");
  });

  it('§3: a custom type is validated as it is registered: its name, fields, priority, role and text', async () => {
    const note = { fields: {}, priority: 'normal', compiled: true, role: 'user', text: () => 'x' };
    const open = (contentTypes: object) => openTract({ contentTypes } as never);
    for (const contentTypes of [
      { note: null },
      { note: 7 },
      { note: {} },
      { note: { ...note, fields: 7 } },
      { note: { ...note, fields: { a: null } } },
      { note: { ...note, fields: { a: { kind: 'nonsense' } } } },
      { note: { ...note, priority: 'urgent' } },
      { note: { ...note, compiled: 'yes' } },
      { note: { ...note, role: 7 } },
      { note: { ...note, text: undefined } },
      { dialogue: note },
      { compression: note },
      { '': note },
    ]) {
      const error = await failure(open(contentTypes));
      assert.ok(error instanceof InvalidArgumentError, JSON.stringify(contentTypes));
      assert.match(error.message, /^contentTypes: '(note|dialogue|compression|)' /);
    }
    const silent = await open({ note: { ...note, compiled: false, text: undefined } });
    await silent.commit({ content_type: 'note' });
    assert.deepEqual((await silent.compile()).messages, []);
  });

  it('§3: of a custom type required, optional and wrong fields are told; a text that is none stores nothing', async () => {
    const tract = await openTract({
      contentTypes: {
        note: {
          fields: { body: { kind: 'string' }, mood: { kind: ['good', 'bad'], default: 'good' } },
          priority: 'normal',
          compiled: true,
          role: 'user',
          text: ({ body, mood }) => (body === 'broken' ? (7 as never) : `${mood as string}: ${body as string}`),
        },
      },
    });
    const error = await failure(tract.commit({ content_type: 'note', mood: 'so so' }));
    assert.ok(error instanceof ContentValidationError);
    assert.deepEqual([error.required, error.optional, error.missing], [['body'], ['mood'], ['body']]);
    const broken = await failure(tract.commit({ content_type: 'note', body: 'broken' }));
    assert.ok(broken instanceof ContentValidationError, broken.message);
    assert.equal(tract.head, null);
    await tract.commit({ content_type: 'note', body: 'fine' });
    assert.equal((await tract.compile()).messages[0]?.content, 'good: fine');
  });
});
