import assert from 'node:assert/strict';
import fc from '../../support/fast-check.js';
import { ContentValidationError } from '../../../../src/core/model/errors.js';
import type { TokenUsage } from '../../../../src/core/model/usage.js';
import { normalizeUsage } from '../../../../src/core/records/usage.js';

function usage(promptTokens: number, completionTokens: number, rest: Partial<TokenUsage> = {}): TokenUsage {
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    ...rest,
  };
}

function refused(value: unknown, message: RegExp): ContentValidationError {
  try {
    normalizeUsage(value);
  } catch (error) {
    assert.ok(error instanceof ContentValidationError, String(error));
    assert.equal(error.code, 'CONTENT_VALIDATION');
    assert.match(error.message, message);
    return error;
  }
  return assert.fail('was accepted');
}

describe('normalizeUsage (SPEC §6, Annex A)', () => {
  it('takes a TokenUsage as it is', () => {
    const given = usage(100, 50, { cacheReadTokens: 10, cacheWriteTokens: 5, reasoningTokens: 20 });
    assert.deepEqual(normalizeUsage(given), given);
    assert.deepEqual(normalizeUsage({ promptTokens: 100, completionTokens: 50 }), usage(100, 50));
  });

  it('takes an OpenAI chat dict, with and without details and total', () => {
    assert.deepEqual(normalizeUsage({ prompt_tokens: 100, completion_tokens: 50 }), usage(100, 50));
    assert.deepEqual(
      normalizeUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 30, accepted_prediction_tokens: 0 },
      }),
      usage(100, 50, { cacheReadTokens: 64, reasoningTokens: 30 }),
    );
  });

  it('takes null details, as compatible servers send them', () => {
    const dict = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: null };
    assert.deepEqual(normalizeUsage(dict), usage(7, 3));
  });

  it('keeps a reported total that is not the sum', () => {
    assert.equal(normalizeUsage({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 12 }).totalTokens, 12);
  });

  it('takes an OpenAI Responses dict', () => {
    assert.deepEqual(
      normalizeUsage({
        input_tokens: 80,
        input_tokens_details: { cached_tokens: 32 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 12 },
        total_tokens: 100,
      }),
      usage(80, 20, { cacheReadTokens: 32, reasoningTokens: 12 }),
    );
  });

  it('sums the three input figures of an Anthropic dict', () => {
    assert.deepEqual(
      normalizeUsage({
        input_tokens: 10,
        output_tokens: 5,
        cache_creation_input_tokens: 200,
        cache_read_input_tokens: 3000,
        cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 0 },
        service_tier: 'standard',
      }),
      usage(3210, 5, { cacheReadTokens: 3000, cacheWriteTokens: 200 }),
    );
    assert.deepEqual(
      normalizeUsage({ input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 1 }),
      usage(11, 5, { cacheReadTokens: 1 }),
    );
    assert.deepEqual(normalizeUsage({ input_tokens: 10, output_tokens: 5 }), usage(10, 5));
  });

  it('takes a Gemini dict in camel and snake case; thinking counts as completion', () => {
    const expected = usage(100, 70, { cacheReadTokens: 40, reasoningTokens: 20 });
    assert.deepEqual(
      normalizeUsage({
        promptTokenCount: 100,
        candidatesTokenCount: 50,
        thoughtsTokenCount: 20,
        totalTokenCount: 170,
        cachedContentTokenCount: 40,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 100 }],
      }),
      expected,
    );
    assert.deepEqual(
      normalizeUsage({
        prompt_token_count: 100,
        candidates_token_count: 50,
        thoughts_token_count: 20,
        total_token_count: 170,
        cached_content_token_count: 40,
      }),
      expected,
    );
    assert.deepEqual(normalizeUsage({ promptTokenCount: 9, totalTokenCount: 9 }), usage(9, 0));
  });

  it('takes zeros', () => {
    assert.deepEqual(normalizeUsage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }), usage(0, 0));
  });

  it('refuses an unknown dict, naming the expected and the received keys', () => {
    const error = refused({ tokens: 5, cost: 1 }, /Expected the keys .*prompt_tokens, completion_tokens.*input_tokens/);
    assert.match(error.message, /promptTokenCount.*Received: tokens, cost$/);
    assert.deepEqual(error.provided, ['tokens', 'cost']);
    assert.match(refused({}, /Unknown usage/).message, /Received: no keys$/);
  });

  it('says what is missing of a dict that is begun', () => {
    const error = refused({ prompt_tokens: 5 }, /Received: prompt_tokens$/);
    assert.deepEqual(error.required, ['prompt_tokens', 'completion_tokens']);
    assert.deepEqual(error.missing, ['completion_tokens']);
  });

  it('bounds what it repeats of foreign keys', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}${'x'.repeat(500)}`, 1]));
    assert.ok(refused(many, /and 4980 more$/).message.length < 2000);
  });

  for (const [value, name] of [
    [[1, 2], 'array'],
    [null, 'null'],
    [undefined, 'undefined'],
    [5, 'number'],
    ['100', 'string'],
    [true, 'boolean'],
  ] as const) {
    it(`refuses ${name} by its name`, () => {
      assert.equal(refused(value, /./).message, `Expected TokenUsage or dict, got ${name}`);
    });
  }

  it('refuses negative, fractional, null and other non-figures in every place', () => {
    for (const bad of [-1, 1.5, null, '5', NaN, Infinity, 2 ** 53, {}, true]) {
      refused({ prompt_tokens: bad, completion_tokens: 1 }, /^Usage field prompt_tokens must be a whole number/);
      refused({ prompt_tokens: 1, completion_tokens: bad }, /^Usage field completion_tokens/);
      refused({ prompt_tokens: 1, completion_tokens: 1, total_tokens: bad }, /^Usage field total_tokens/);
      refused({ input_tokens: bad, output_tokens: 1 }, /^Usage field input_tokens/);
      refused({ input_tokens: 1, output_tokens: 1, cache_read_input_tokens: bad }, /cache_read_input_tokens/);
      refused({ promptTokenCount: 1, candidatesTokenCount: bad }, /^Usage field candidatesTokenCount/);
      refused({ promptTokens: 1, completionTokens: 1, reasoningTokens: bad }, /^Usage field reasoningTokens/);
    }
    refused(
      { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: -3 } },
      /^Usage field prompt_tokens_details\.cached_tokens .* got -3$/,
    );
    refused({ prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: 3 }, /must be an object, got number$/);
  });

  it('is idempotent on every TokenUsage', () => {
    const figures = fc.nat();
    fc.assert(
      fc.property(fc.tuple(figures, figures, figures, figures, figures), ([p, c, read, write, reasoning]) => {
        const given = usage(p, c, { cacheReadTokens: read, cacheWriteTokens: write, reasoningTokens: reasoning });
        assert.deepEqual(normalizeUsage(normalizeUsage(given)), given);
      }),
    );
  });
});
