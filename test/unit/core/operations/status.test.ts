import assert from 'node:assert/strict';
import { numbered, openTract } from '../support.js';

describe('status (§8)', () => {
  it('§8: `main @ 08e33a3e | 2 commits | 16/100 (16%) tokens`', async () => {
    const tract = await openTract({ budget: { maxTokens: 100 } });
    await tract.system('You are helpful.');
    const second = await tract.user('Hi');
    const status = await tract.status();
    assert.equal(status.text, `main @ ${second.commitHash.slice(0, 8)} | 2 commits | 16/100 (16%) tokens`);
    assert.deepEqual(
      [status.head, status.branch, status.detached, status.commitCount, status.tokenCount, status.tokenSource],
      [second.commitHash, 'main', false, 2, 16, 'tiktoken:o200k_base'],
    );
    assert.equal(status.budget?.maxTokens, 100);
    assert.deepEqual(
      status.recent.map(({ message, createdAt }) => [message, createdAt.slice(0, 4)]),
      [
        ['Hi', '2026'],
        ['You are helpful.', '2026'],
      ],
    );
  });

  it('§8: says so while detached, and before the first commit', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.checkout('HEAD~1');
    const { text, branch, detached } = await tract.status();
    assert.deepEqual([branch, detached], [null, true]);
    assert.equal(text, `HEAD (detached) @ ${hashes[0]?.slice(0, 8)} | 1 commit | 8 tokens`);
    assert.equal((await (await openTract()).status()).text, 'No commits yet | 0 commits | 0 tokens');
  });

  it('§8: the last 3 commits; of an empty tract nothing', async () => {
    const { tract } = await numbered(5);
    assert.deepEqual(
      (await tract.status()).recent.map(({ message }) => message),
      ['5', '4', '3'],
    );
    const empty = await (await openTract()).status();
    assert.deepEqual(
      [empty.head, empty.branch, empty.detached, empty.commitCount, empty.tokenCount, empty.tokenSource],
      [null, null, false, 0, 0, ''],
    );
  });

  it('§8, §6: after a report its figure and source; without a budget no share', async () => {
    const { tract } = await numbered(1);
    await tract.recordUsage({ prompt_tokens: 100, completion_tokens: 50 });
    const { tokenCount, tokenSource, budget, text } = await tract.status();
    assert.deepEqual([tokenCount, tokenSource, budget], [100, 'api:100+50', null]);
    assert.equal(text, `main @ ${(tract.head ?? '').slice(0, 8)} | 1 commit | 100 tokens`);
  });

  it('§8: commits are those that compile; the last 3 are of any kind', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.annotate(hashes[0] ?? '', 'skip');
    const { commitCount, recent } = await tract.status();
    assert.equal(commitCount, 1);
    assert.deepEqual(
      recent.map(({ operation }) => operation),
      ['annotate', 'append', 'append'],
    );
  });
});
