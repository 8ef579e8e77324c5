import assert from 'node:assert/strict';
import { countMessage, countMessages, countTools } from '../../../src/tokens/messages.js';
import { tokenizers } from './source-tokenizers.js';

const tokenizer = tokenizers.createTokenizer();
const count = (text: string): number => tokenizer.count(text);

describe('countMessages (§6)', () => {
  it('gives the vectors of the specification', () => {
    assert.equal(countMessages(tokenizer, [{ role: 'user', content: 'Hello' }]), 8);
    assert.equal(countMessages(tokenizer, [{ role: 'user', content: 'Hello', name: 'Bob' }]), 10);
    const two = [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', content: 'Hi' },
    ];
    assert.equal(countMessages(tokenizer, two), 16);
  });

  it('counts an empty list as 0', () => {
    assert.equal(countMessages(tokenizer, []), 0);
    assert.equal(countMessages(tokenizer, [], []), 0);
  });

  it('counts the 3 of a request once and a message without them', () => {
    assert.equal(countMessage(tokenizer, { role: 'user', content: 'Hello' }), 5);
  });

  it('takes absent, null and empty values as nothing', () => {
    const bare = countMessage(tokenizer, { role: 'assistant', content: null });
    assert.equal(bare, 4);
    assert.equal(
      countMessage(tokenizer, { role: 'assistant', content: '', name: '', toolCalls: [], toolCallId: null }),
      bare,
    );
  });

  it('counts id, name and arguments of tool calls, and the id a result answers', () => {
    const call = { id: 'call_1', name: 'read_file', arguments: '{"path":"a.ts"}' };
    assert.equal(
      countMessage(tokenizer, { role: 'assistant', content: null, toolCalls: [call] }),
      3 + 1 + count(call.id) + count(call.name) + count(call.arguments),
    );
    assert.equal(
      countMessage(tokenizer, { role: 'tool', content: 'ok', toolCallId: 'call_1' }),
      3 + count('tool') + count('ok') + count('call_1'),
    );
  });

  it('adds the compact JSON of the tools, whatever the order of their keys', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const turned = [{ function: { parameters: { type: 'object' }, name: 'f' }, type: 'function' }];
    const json = count('[{"function":{"name":"f","parameters":{"type":"object"}},"type":"function"}]');
    assert.equal(countTools(tokenizer, tools), json);
    assert.equal(countMessages(tokenizer, [{ role: 'user', content: 'Hello' }], turned), 8 + json);
    assert.equal(countTools(tokenizer, []), 0);
  });
});
