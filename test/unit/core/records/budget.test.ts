import assert from 'node:assert/strict';
import { BudgetExceededError, RequestTooLargeError, type Model, type OpenOptions } from '../../../../src/library.js';
import { openTract } from '../support.js';

/** 8 tokens compiled. */
const HI = 'Hi';

function model(contextWindow?: number): Model & { sent: number } {
  const one = {
    id: 'test/one',
    sent: 0,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    async *send() {
      await Promise.resolve();
      one.sent++;
      yield { type: 'text' as const, text: 'Hello' };
    },
  };
  return one;
}

describe('budgets of calls (§11)', () => {
  /** What became of one call on a context of 8 tokens. */
  async function call(budget: OpenOptions['budget'], contextWindow?: number) {
    const one = model(contextWindow);
    const tract = await openTract(budget === undefined ? {} : { budget });
    const error = await tract.chat(HI, { model: one }).then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    return { error, sent: one.sent, records: (await tract.compileRecords()).length, head: tract.head };
  }

  it('inclusive: exactly the maximum is sent, one token more is not, and leaves neither commit nor record', async () => {
    assert.equal((await call({ maxTokens: 8, action: 'reject' })).sent, 1);
    const { error, sent, records, head } = await call({ maxTokens: 7, action: 'reject' });
    assert.ok(error instanceof BudgetExceededError);
    assert.deepEqual(
      [error.currentTokens, error.maxTokens, error.message],
      [8, 7, 'Token budget exceeded: 8 tokens (max: 7)'],
    );
    assert.deepEqual([sent, records, head], [0, 0, null]);
  });

  it('reserved output is taken from the maximum', async () => {
    assert.equal((await call({ maxTokens: 12, reserveOutput: 4, action: 'reject' })).sent, 1);
    const { error } = await call({ maxTokens: 12, reserveOutput: 5, action: 'reject' });
    assert.equal(error?.message, 'Token budget exceeded: 8 tokens (max: 7)');
  });

  it('reserved output is taken from the window of the model that is asked, without a maximum of its own', async () => {
    assert.equal((await call({ reserveOutput: 4, action: 'reject' }, 12)).sent, 1);
    const { error, sent, records } = await call({ reserveOutput: 5, action: 'reject' }, 12);
    assert.equal(error?.message, 'Token budget exceeded: 8 tokens (max: 7)');
    assert.deepEqual([sent, records], [0, 0]);
  });

  it('warn tells and sends; callback is told the figures', async () => {
    const told: number[][] = [];
    const callback = (current: number, max: number) => void told.push([current, max]);
    assert.equal((await call({ maxTokens: 7, action: 'warn', callback })).sent, 1);
    assert.ok(told.length > 0 && told.every(([, max]) => max === 7));
    assert.equal((await call({ maxTokens: 7, action: 'callback', callback })).sent, 1);
  });

  it('what the model’s own window cannot hold is never sent, whatever the budget says', async () => {
    for (const budget of [undefined, { maxTokens: 100, action: 'warn' }] as const) {
      const { error, sent, records } = await call(budget, 7);
      assert.ok(error instanceof RequestTooLargeError);
      assert.match(
        error.message,
        /~8 tokens and the model takes 7\. It was not sent; compress, skip or drop ~1 tokens/,
      );
      assert.deepEqual([sent, records], [0, 0]);
    }
    assert.equal((await call(undefined, 8)).sent, 1);
  });
});
