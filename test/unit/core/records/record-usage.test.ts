import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tract, type CompiledContext } from '../../../../src/library.js';
import { codeOf, failure, openTract } from '../support.js';

const figures = ({ tokenCount, tokenSource, estimatedTokens }: CompiledContext) => [
  tokenCount,
  tokenSource,
  estimatedTokens,
];

describe('recordUsage on a tract (§6)', () => {
  for (const [provider, usage, prompt, completion] of [
    ['a TokenUsage', { promptTokens: 100, completionTokens: 50, totalTokens: 150 }, 100, 50],
    ['OpenAI', { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }, 100, 50],
    [
      'OpenAI Responses',
      { input_tokens: 80, output_tokens: 20, total_tokens: 100, input_tokens_details: { cached_tokens: 64 } },
      80,
      20,
    ],
    ['Anthropic without a cache', { input_tokens: 90, output_tokens: 30 }, 90, 30],
    [
      'Anthropic with cache fields',
      { input_tokens: 10, output_tokens: 30, cache_creation_input_tokens: 200, cache_read_input_tokens: 3000 },
      3210,
      30,
    ],
    ['Gemini', { promptTokenCount: 70, candidatesTokenCount: 5, thoughtsTokenCount: 6, totalTokenCount: 81 }, 70, 11],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 0, 0],
  ] as const) {
    it(`takes ${provider}: the context has the prompt's tokens and says so`, async () => {
      const tract = await openTract();
      await tract.user('Hi');
      const expected = [prompt, `api:${prompt}+${completion}`, 8];
      assert.deepEqual(figures(await tract.recordUsage(usage)), expected);
      assert.deepEqual(figures(await tract.compile()), expected);
    });
  }

  it('a new commit is an estimate again; the commit before keeps its report', async () => {
    const tract = await openTract();
    const first = await tract.user('Hi');
    await tract.recordUsage({ prompt_tokens: 100, completion_tokens: 50 });
    await tract.assistant('Hello');
    assert.deepEqual(figures(await tract.compile()), [13, 'tiktoken:o200k_base', 13]);
    assert.deepEqual(figures(await tract.compile({ at: first.commitHash })), [100, 'api:100+50', 8]);
  });

  it('the last report for a commit wins, also while detached and without a compile before it', async () => {
    const tract = await openTract();
    const first = await tract.user('Hi');
    await tract.user('More');
    await tract.checkout(first.commitHash);
    await tract.recordUsage({ prompt_tokens: 100, completion_tokens: 50 }, { headHash: first.commitHash });
    await tract.recordUsage({ prompt_tokens: 7, completion_tokens: 0 });
    assert.deepEqual(figures(await tract.compile()), [7, 'api:7+0', 8]);
  });

  it('a report survives reopening', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tract-usage-'));
    const tract = await Tract.open({ directory });
    await tract.user('Hi');
    await tract.recordUsage({ input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 91 });
    await tract.close();
    const again = await Tract.open({ directory });
    assert.deepEqual(figures(await again.compile()), [100, 'api:100+1', 8]);
    await again.close();
    await rm(directory, { recursive: true });
  });

  it('no commits, another head, unknown, negative and other usage are refused, and nothing changes', async () => {
    const tract = await openTract();
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    assert.equal((await failure(tract.recordUsage(usage))).message, 'Cannot record usage: no commits exist');
    const first = await tract.user('Hi');
    await tract.user('More');
    const before = figures(await tract.compile());
    const wrongHead = await failure(tract.recordUsage(usage, { headHash: first.commitHash }));
    assert.match(wrongHead.message, /does not match current HEAD/);
    const unknown = await failure(tract.recordUsage({ tokens: 5 }));
    assert.match(unknown.message, /Expected the keys promptTokens, .*Received: tokens$/);
    assert.equal((await failure(tract.recordUsage([1]))).message, 'Expected TokenUsage or dict, got array');
    for (const bad of [-1, 0.5, null])
      assert.equal(await codeOf(tract.recordUsage({ ...usage, prompt_tokens: bad })), 'CONTENT_VALIDATION');
    assert.deepEqual(figures(await tract.compile()), before);
    assert.deepEqual(await tract.compileRecords(), []);
  });
});
