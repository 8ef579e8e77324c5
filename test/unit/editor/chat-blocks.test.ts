import assert from 'node:assert/strict';
import { countBlock } from '../../../src/tokens/documents/count-block.js';
import { documentBlocks, documentFormat, type DocumentFormat } from '../../../src/tokens/documents/document-blocks.js';
import { tokenizers } from '../tokens/source-tokenizers.js';

const tokenizer = tokenizers.createTokenizer();
const noSections = (): number => assert.fail('a chat has no sections');

/** `[kind, tokens, first line of its text]` of every block. */
function counted(text: string, format: DocumentFormat): [string, number, string][] {
  return documentBlocks(text, format, [{ start: 0, end: text.length }]).map((block) => {
    const shown = text.slice(block.start, block.end).split('\n')[0] ?? '';
    return [block.kind, countBlock(block, tokenizer, noSections).own, shown];
  });
}

describe('Role blocks of chats (§6, §15 inline token counts)', () => {
  it('counts each message of a JSON list with its overhead and the list with the final 3', () => {
    const text = '[\n  {"role": "system", "content": "You are helpful."},\n  {"role": "user", "content": "Hi"}\n]';
    assert.deepEqual(counted(text, 'json'), [
      ['chat', 16, '['],
      ['message', 8, '{"role": "system", "content": "You are helpful."}'],
      ['message', 5, '{"role": "user", "content": "Hi"}'],
    ]);
  });

  it('adds 1 for a name', () => {
    const [, message] = counted('[{"role": "user", "content": "Hello", "name": "Bob"}]', 'json');
    assert.equal(message?.[1], 7);
  });

  it('counts tools as their JSON, one by one and as a list, and adds them to the request', () => {
    const tool = { type: 'function', function: { name: 'calc', parameters: { type: 'object' } } };
    const text = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], tools: [tool] }, null, 2);
    const canonical = '[{"function":{"name":"calc","parameters":{"type":"object"}},"type":"function"}]';
    const tools = tokenizers.countTokens(canonical);
    assert.deepEqual(
      counted(text, 'json').map(([kind, tokens]) => [kind, tokens]),
      [
        ['chat', 8 + tools],
        ['message', 5],
        ['tools', tools],
        ['tool', tools],
      ],
    );
  });

  it('reads tool calls of OpenAI and of Anthropic alike', () => {
    const openai = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'calc', arguments: '{"a":1}' } }],
    };
    const anthropic = { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'calc', input: { a: 1 } }] };
    const count = (message: object) => counted(JSON.stringify([message]), 'json')[1]?.[1];
    const expected =
      3 + ['assistant', 'c1', 'calc', '{"a":1}'].reduce((sum, value) => sum + tokenizers.countTokens(value), 0);
    assert.equal(count(openai), expected);
    assert.equal(count(anthropic), expected);
  });

  it("takes Anthropic's system prompt as a message", () => {
    const text =
      '{"system": "You are helpful.", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}';
    assert.deepEqual(
      counted(text, 'json').map(([kind, tokens]) => [kind, tokens]),
      [
        ['message', 8],
        ['chat', 16],
        ['message', 5],
      ],
    );
  });

  it('reads YAML prompts, block scalars included', () => {
    const text =
      'name: demo\nmessages:\n  - role: system\n    content: |-\n      You are helpful.\n  - role: user\n    content: Hi\n';
    assert.deepEqual(
      counted(text, 'yaml').map(([kind, tokens, shown]) => [kind, tokens, shown]),
      [
        ['chat', 16, 'messages:'],
        ['message', 8, 'role: system'],
        ['message', 5, 'role: user'],
      ],
    );
  });

  it('reads JSON lines: messages, requests and session lines, only where they are looked at', () => {
    const lines = [
      '{"role": "user", "content": "Hi"}',
      'not json',
      '{"messages": [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": "Hi"}]}',
      '{"type": "user", "message": {"role": "user", "content": "Hi"}}',
      '{"type": "summary", "summary": "none"}',
    ];
    const text = lines.join('\r\n');
    assert.deepEqual(counted(text, 'jsonLines'), [
      ['message', 5, lines[0]],
      ['chat', 16, lines[2]],
      ['message', 5, lines[3]],
    ]);
    const third = text.indexOf(lines[2] ?? '');
    assert.equal(documentBlocks(text, 'jsonLines', [{ start: third + 3, end: third + 4 }]).length, 1);
  });

  it('shows what can be read of a text that is being typed', () => {
    assert.deepEqual(
      counted('[{"role": "user", "content": "Hi"}, {"role": "user", "content": "Hi', 'json').map(([kind]) => kind),
      ['chat', 'message', 'message'],
    );
    assert.deepEqual(counted('messages:\n  - role: user\n    content: "Hi', 'yaml').length > 0, true);
  });

  it('finds nothing in data that is no chat', () => {
    assert.deepEqual(counted('{"name": "x", "scripts": {"a": "b"}, "files": ["a"]}', 'json'), []);
    assert.deepEqual(counted('[{"role": "admin"}, {"user": 1}]', 'json'), []);
    assert.deepEqual(counted('', 'json'), []);
    assert.deepEqual(counted('- 1\n- 2\n', 'yaml'), []);
  });

  it('follows YAML aliases in a message, but not without end', () => {
    assert.deepEqual(
      counted('t: &t Hi\nm:\n  - role: user\n    content: *t\n', 'yaml').map(([kind, tokens]) => [kind, tokens]),
      [
        ['chat', 8],
        ['message', 5],
      ],
    );
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`),
    ];
    assert.deepEqual(counted([...bomb, 'm:\n  - role: user\n    content: *a30'].join('\n'), 'yaml'), []);
  });

  it('chooses the format by language and ending', () => {
    const cases: [string, string, DocumentFormat][] = [
      ['/x/a.prompt.md', 'prompt', 'markdown'],
      ['/x/AGENTS.md', 'markdown', 'markdown'],
      ['/x/.cursorrules', 'plaintext', 'markdown'],
      ['/x/a.jsonl', 'json', 'jsonLines'],
      ['/x/a.prompt.yml', 'yaml', 'yaml'],
      ['/x/a.py', 'python', 'plain'],
      ['/x/notes.txt', 'plaintext', 'plain'],
    ];
    for (const [path, language, format] of cases) assert.equal(documentFormat(path, language), format, path);
  });
});
