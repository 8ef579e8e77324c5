import assert from 'node:assert/strict';
import type { Model } from '../../../../src/library.js';
import { openTract } from '../support.js';

/** Reports this many prompt tokens whatever it is sent. */
function reporting(id: string, promptTokens: number | null): Model {
  return {
    id,
    async *send() {
      await Promise.resolve();
      yield { type: 'text', text: 'Hello' };
      if (promptTokens !== null) yield { type: 'usage', usage: { promptTokens, completionTokens: 1 } };
    },
  };
}

describe('drift of estimates (§6)', () => {
  it('is reported ÷ estimated over the records of each model; calls without a report say nothing', async () => {
    const tract = await openTract();
    await tract.chat('Hi', { model: reporting('a/one', 10) });
    await tract.generate({ model: reporting('a/one', 16) });
    await tract.generate({ model: reporting('a/silent', null) });
    await tract.generate({ model: reporting('b/two', 46) });
    assert.deepEqual(
      (await tract.compileRecords()).map(({ estimatedTokens }) => estimatedTokens),
      [23, 18, 13, 8],
    );
    assert.deepEqual(tract.drift(), [
      { model: 'two', factor: 2, records: 1 },
      { model: 'one', factor: 26 / 21, records: 2 },
    ]);
    const { tokenCount, estimatedTokens } = await tract.compile();
    assert.equal(tokenCount, estimatedTokens, 'it is never applied silently');
  });
});
