import assert from 'node:assert/strict';
import { UnknownEncodingError } from '../../../src/tokens/encodings.js';
import { modelTokens } from '../../../src/tokens/models.js';

describe('modelTokens (§6)', () => {
  const known: [model: string, encoding: string, own: boolean, window: number | null][] = [
    ['gpt-3.5-turbo', 'cl100k_base', true, 16_385],
    ['gpt-4', 'cl100k_base', true, 8_192],
    ['gpt-4-0613', 'cl100k_base', true, 8_192],
    ['gpt-4-turbo-2024-04-09', 'cl100k_base', true, 128_000],
    ['gpt-4o-mini-2024-07-18', 'o200k_base', true, 128_000],
    ['gpt-4.1-nano', 'o200k_base', true, 1_047_576],
    ['gpt-5', 'o200k_base', true, 400_000],
    ['gpt-5-chat-latest', 'o200k_base', true, 128_000],
    ['o1-mini', 'o200k_base', true, 128_000],
    ['o3-pro', 'o200k_base', true, 200_000],
    ['o4-mini', 'o200k_base', true, 200_000],
    ['claude-sonnet-4-5-20250929', 'o200k_base', false, 200_000],
    ['gemini-2.5-pro', 'o200k_base', false, 1_048_576],
    ['gemini-1.5-pro-002', 'o200k_base', false, 2_097_152],
    ['llama-3.3-70b-instruct', 'o200k_base', false, 131_072],
    ['no-such-model', 'o200k_base', false, null],
    ['', 'o200k_base', false, null],
  ];
  for (const [model, encoding, ownEncoding, contextWindow] of known) {
    it(`knows ${model === '' ? 'no name' : model}`, () => {
      assert.deepEqual(modelTokens(model), { encoding, ownEncoding, contextWindow });
    });
  }

  it('looks behind the provider and at no case', () => {
    assert.deepEqual(modelTokens('openai/GPT-4o'), modelTokens('gpt-4o'));
    assert.deepEqual(modelTokens('meta-llama/Llama-3.1-8B'), modelTokens('llama-3.1-8b'));
    assert.deepEqual(modelTokens('models/gemini-2.0-flash'), modelTokens('gemini-2.0-flash'));
  });

  it('takes settings before the table by the longest prefix, field by field', () => {
    const settings = {
      'gpt-4': { contextWindow: 9_000 },
      'my-model': { encoding: 'cl100k_base', contextWindow: 1_000 },
      'local/GPT-4o': { contextWindow: 32_000 },
    };
    assert.equal(modelTokens('gpt-4', settings).contextWindow, 9_000);
    assert.equal(modelTokens('gpt-4', settings).encoding, 'cl100k_base');
    assert.equal(modelTokens('gpt-4o', settings).contextWindow, 128_000);
    assert.equal(modelTokens('local/gpt-4o', settings).contextWindow, 32_000);
    const own = { encoding: 'cl100k_base', ownEncoding: true, contextWindow: 1_000 };
    assert.deepEqual(modelTokens('my-model-7b', settings), own);
    assert.deepEqual(modelTokens('anyone/my-model-7b', settings), own);
  });

  it('takes no window that is none: the table’s stays', () => {
    for (const contextWindow of [0, -1, 1.5, NaN])
      assert.equal(modelTokens('gpt-4o', { 'gpt-4o': { contextWindow } }).contextWindow, 128_000);
  });

  it('refuses a setting with an unknown encoding', () => {
    assert.throws(() => modelTokens('x1', { x: { encoding: 'gpt3' } }), UnknownEncodingError);
  });
});
