import assert from 'node:assert/strict';
import { ModelBadRequestError, ModelNetworkError, ModelRateLimitError } from '../../../src/llm/errors.js';
import { DEFAULT_RETRY, parseRetryAfter, streamWithRetry, SYSTEM_RUNTIME } from '../../../src/llm/retry.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function headers(values: Record<string, string>): number | undefined {
  return parseRetryAfter(new Headers(values), NOW);
}

describe('retry-after (SPEC §10)', () => {
  it('reads seconds, milliseconds and dates', () => {
    assert.equal(headers({ 'retry-after': '3' }), 3000);
    assert.equal(headers({ 'retry-after': '0.25' }), 250);
    assert.equal(headers({ 'retry-after-ms': '1500', 'retry-after': '9' }), 1500);
    assert.equal(headers({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }), 60_000);
    assert.equal(headers({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }), 0);
  });

  it('ignores what it cannot read', () => {
    for (const value of ['', '-1', 'soon', '1e9', 'NaN', '99999999999999999999', 'Infinity']) {
      assert.equal(headers({ 'retry-after': value }), undefined, value);
    }
    assert.equal(headers({}), undefined);
  });
});

describe('streamWithRetry (SPEC §10)', () => {
  /** Runs attempts that fail with the given errors in turn, then deliver `done`. */
  async function run(errors: readonly Error[], random: number, deliverFirst = false) {
    const pauses: number[] = [];
    const got: string[] = [];
    let attempts = 0;
    async function* attempt(): AsyncGenerator<string> {
      const error = errors[attempts];
      attempts += 1;
      await Promise.resolve();
      if (deliverFirst) yield 'piece';
      if (error !== undefined) throw error;
      yield 'done';
    }
    const runtime = {
      now: () => NOW,
      random: () => random,
      sleep: (ms: number) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    };
    let thrown: unknown;
    try {
      for await (const event of streamWithRetry(attempt, new AbortController().signal, DEFAULT_RETRY, runtime)) {
        got.push(event);
      }
    } catch (error) {
      thrown = error;
    }
    return { pauses, got, attempts, thrown };
  }

  const broken = new ModelNetworkError('broken');

  it('doubles its pauses and jitters them between half and all', async () => {
    assert.deepEqual((await run([broken, broken, broken], 0)).pauses, [250, 500, 1000]);
    assert.deepEqual((await run([broken, broken, broken], 1)).pauses, [500, 1000, 2000]);
    assert.deepEqual((await run([broken, broken, broken], 0.5)).got, ['done']);
  });

  it('gives up after four tries with the last error', async () => {
    const last = new ModelNetworkError('last');
    const { attempts, thrown } = await run([broken, broken, broken, last], 0);
    assert.equal(attempts, 4);
    assert.equal(thrown, last);
  });

  it('never tries again after a first event was delivered', async () => {
    const { attempts, got, thrown } = await run([broken], 0, true);
    assert.deepEqual([attempts, got, thrown], [1, ['piece'], broken]);
  });

  it('never tries again after an error that is not of that kind', async () => {
    for (const error of [new ModelBadRequestError('no'), new TypeError('bug')]) {
      const { attempts, thrown } = await run([error], 0);
      assert.deepEqual([attempts, thrown], [1, error]);
    }
  });

  it('waits exactly as long as asked, up to the limit', async () => {
    const asked = new ModelRateLimitError('wait', { retryAfterMs: 60_000 });
    assert.deepEqual((await run([asked], 0.3)).pauses, [60_000]);
    const tooLong = new ModelRateLimitError('wait', { retryAfterMs: 60_001 });
    assert.deepEqual((await run([tooLong], 0.3)).thrown, tooLong);
  });

  it('leaves a real pause at once when cancelled', async () => {
    const controller = new AbortController();
    const started = Date.now();
    const sleeping = SYSTEM_RUNTIME.sleep(60_000, controller.signal);
    controller.abort();
    await assert.rejects(sleeping, { code: 'MODEL_CANCELLED' });
    assert.ok(Date.now() - started < 1000);
    await SYSTEM_RUNTIME.sleep(1, new AbortController().signal);
  });
});
