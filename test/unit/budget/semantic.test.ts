import assert from 'node:assert/strict';
import { EmbeddingCache } from '../../../src/budget/embedding-cache.js';
import { embeddingKey, embeddingText, type Embedder } from '../../../src/budget/embedder.js';
import { selectFilesForContext, type BudgetSelection, type SelectionOptions } from '../../../src/budget/selection.js';

const files = [
  { path: 'x.ts', content: 'towards x' },
  { path: 'y.ts', content: 'towards y' },
  { path: 'xy.ts', content: 'between' },
];

/** An embedder of two dimensions that knows the files by their text; `calls` are the texts of each call. */
function fakeEmbedder(answer?: (texts: string[], call: number) => unknown): Embedder & { calls: string[][] } {
  const calls: string[][] = [];
  const vector = (text: string): number[] =>
    text.startsWith('xy.ts') ? [1, 1] : text.startsWith('y.ts') || text === 'up' ? [0, 1] : [1, 0];
  return {
    id: 'fake/two',
    model: 'two',
    dimensions: 2,
    calls,
    embed(texts) {
      calls.push(texts);
      return Promise.resolve(answer === undefined ? texts.map(vector) : (answer(texts, calls.length) as number[][]));
    },
  };
}

const select = (options: Partial<SelectionOptions>): Promise<BudgetSelection> =>
  selectFilesForContext({ files, query: 'up', budgetTokens: 100, semantic: true, ...options });
const order = (selection: BudgetSelection): string[] => selection.perFile.map(({ path }) => path);

describe('semantic relevance (§12)', () => {
  it('ranks by cosine; query and files share one call', async () => {
    const embedder = fakeEmbedder();
    const selection = await select({ embedder, callCap: 1 });
    assert.equal(selection.mode, 'semantic');
    assert.deepEqual(order(selection), ['y.ts', 'xy.ts', 'x.ts']);
    assert.deepEqual(selection.embedding, { hits: 0, misses: 3, calls: 1, capValue: 1, fallbackReason: null });
    assert.deepEqual(embedder.calls, [['up', 'x.ts\ntowards x', 'y.ts\ntowards y', 'xy.ts\nbetween']]);
    assert.equal(selection.perFile[0]?.score, 1);
    assert.ok(Math.abs((selection.perFile[1]?.score ?? 0) - Math.SQRT1_2) < 1e-12);
    assert.equal(selection.perFile[2]?.score, 0);
  });

  it('makes no call when warm, also under a cap, and ranks the same', async () => {
    const cache = await EmbeddingCache.open(null);
    const embedder = fakeEmbedder();
    const cold = await select({ embedder, cache });
    const warm = await select({ embedder, cache, callCap: 1 });
    assert.equal(embedder.calls.length, 1);
    assert.deepEqual(warm.embedding, { hits: 3, misses: 0, calls: 0, capValue: 1, fallbackReason: null });
    assert.deepEqual(warm.perFile, cold.perFile);
    const changed = [{ path: 'x.ts', content: 'other' }, ...files.slice(1)];
    const again = await select({ files: changed, embedder, cache });
    assert.deepEqual(again.embedding, { hits: 2, misses: 1, calls: 1, capValue: -1, fallbackReason: null });
    assert.deepEqual(embedder.calls[1], ['x.ts\nother']);
  });

  it('takes nothing of another model or of other dimensions from the cache', async () => {
    const cache = await EmbeddingCache.open(null);
    await select({ embedder: fakeEmbedder(), cache });
    const other = await select({ embedder: { ...fakeEmbedder(), model: 'another' }, cache });
    assert.deepEqual(other.embedding, { hits: 0, misses: 3, calls: 1, capValue: -1, fallbackReason: null });
    const three = fakeEmbedder((texts) => texts.map(() => [1, 0, 0]));
    const longer = await select({ embedder: { ...three, dimensions: 3 }, cache });
    assert.deepEqual(longer.embedding, { hits: 0, misses: 3, calls: 1, capValue: -1, fallbackReason: null });
    const again = await select({ embedder: fakeEmbedder(), cache });
    assert.deepEqual(again.embedding, { hits: 3, misses: 0, calls: 0, capValue: -1, fallbackReason: null });
  });

  it('caches the query: another one costs one call for it alone, and counts no miss', async () => {
    const cache = await EmbeddingCache.open(null);
    const embedder = fakeEmbedder();
    await select({ embedder, cache });
    const next = await select({ embedder, cache, query: 'right' });
    assert.deepEqual(embedder.calls[1], ['right']);
    assert.deepEqual(next.embedding, { hits: 3, misses: 0, calls: 1, capValue: -1, fallbackReason: null });
    assert.deepEqual(order(next), ['x.ts', 'xy.ts', 'y.ts']);
    await select({ embedder, cache, query: 'right' });
    assert.equal(embedder.calls.length, 2);
  });

  it('misses on another model, other dimensions and another recipe', () => {
    const keys = [
      embeddingKey('t', 'm', 2),
      embeddingKey('t', 'n', 2),
      embeddingKey('t', 'm', 3),
      embeddingKey('u', 'm', 2),
      embeddingKey('t', 'm', 2, 99),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('says why it did not rank by meaning', async () => {
    const embedder = fakeEmbedder();
    const reasons = async (options: Partial<SelectionOptions>): Promise<unknown> => {
      const { mode, embedding } = await select(options);
      assert.equal(mode, 'lexical');
      assert.equal(embedding.calls, 0);
      return embedding.fallbackReason;
    };
    assert.equal(await reasons({ semantic: false, embedder, callCap: -1 }), 'disabled');
    assert.equal(await reasons({ embedder, callCap: 0 }), 'disabled');
    assert.equal(await reasons({}), 'unavailable');
    assert.equal(await reasons({ embedder, files: [] }), 'nothing_to_rank');
    assert.equal(await reasons({ embedder, query: ' ' }), 'nothing_to_rank');
    assert.equal(await reasons({ embedder, deliverables: ['x.ts', 'y.ts', 'xy.ts'] }), 'nothing_to_rank');
    assert.equal(await reasons({ embedder, signal: AbortSignal.abort() }), 'cancelled');
    assert.equal(embedder.calls.length, 0);
  });

  it('decides before the first call whether all texts fit the cap (64 texts a call)', async () => {
    const many = Array.from({ length: 64 }, (_, i) => ({ path: `${i}.ts`, content: '' }));
    const embedder = fakeEmbedder();
    const over = await select({ files: many, embedder, callCap: 1 });
    assert.deepEqual(over.embedding, { hits: 0, misses: 64, calls: 0, capValue: 1, fallbackReason: 'cap_exceeded' });
    const fits = await select({ files: many, embedder, callCap: 2 });
    assert.deepEqual(fits.embedding, { hits: 0, misses: 64, calls: 2, capValue: 2, fallbackReason: null });
    const one = await select({ files: many.slice(1), embedder, callCap: 1 });
    assert.equal(one.mode, 'semantic');
  });

  it('ranks neither pinned files nor equal texts twice', async () => {
    const embedder = fakeEmbedder();
    const doubled = [...files, ...files.slice(1)];
    const { embedding } = await select({ files: doubled, deliverables: ['x.ts'], embedder });
    assert.deepEqual(embedder.calls, [['up', 'y.ts\ntowards y', 'xy.ts\nbetween']]);
    assert.equal(embedding.misses, 4);
  });

  const broken: readonly (readonly [string, (texts: string[]) => unknown])[] = [
    ['too few vectors', (texts) => texts.slice(1).map(() => [1, 0])],
    ['too many vectors', (texts) => [...texts, ''].map(() => [1, 0])],
    ['short vectors', (texts) => texts.map(() => [1])],
    ['NaN', (texts) => texts.map(() => [1, NaN])],
    ['infinity', (texts) => texts.map(() => [Infinity, 0])],
    ['beyond 32 bit', (texts) => texts.map(() => [1e300, 0])],
    ['text', (texts) => texts.map(() => ['1', '2'])],
    ['holes', (texts): unknown => new Array<unknown>(texts.length)],
    ['null', () => null],
  ];
  for (const [name, answer] of broken) {
    it(`refuses ${name}, caches nothing`, async () => {
      const cache = await EmbeddingCache.open(null);
      const selection = await select({ embedder: fakeEmbedder(answer), cache });
      assert.equal(selection.mode, 'lexical');
      assert.deepEqual(selection.embedding, {
        hits: 0,
        misses: 3,
        calls: 1,
        capValue: -1,
        fallbackReason: 'bad_response',
      });
      assert.equal(cache.size, 0);
    });
  }

  it('falls back on a provider error in the second call, caches nothing of the first', async () => {
    const cache = await EmbeddingCache.open(null);
    const many = Array.from({ length: 100 }, (_, i) => ({ path: `${i}.ts`, content: '' }));
    const embedder = fakeEmbedder((texts, call) => {
      if (call === 2) throw new Error('503');
      return texts.map(() => [1, 0]);
    });
    const { mode, embedding } = await select({ files: many, embedder, cache });
    assert.equal(mode, 'lexical');
    assert.deepEqual(embedding, { hits: 0, misses: 100, calls: 2, capValue: -1, fallbackReason: 'api_error' });
    assert.equal(cache.size, 0);
  });

  it('is cancelled while an embedder that ignores its signal hangs', async () => {
    const abort = new AbortController();
    const embedder: Embedder = { ...fakeEmbedder(), embed: () => new Promise(() => undefined) };
    setTimeout(() => {
      abort.abort();
    }, 5);
    const { mode, embedding } = await select({ embedder, signal: abort.signal });
    assert.equal(mode, 'lexical');
    assert.equal(embedding.fallbackReason, 'cancelled');
    assert.equal(embedding.calls, 1);
  });

  it('keeps the counters of two selections apart', async () => {
    const cache = await EmbeddingCache.open(null);
    const [one, two] = await Promise.all([
      select({ embedder: fakeEmbedder(), cache }),
      select({ files: files.slice(1), embedder: fakeEmbedder(), cache, callCap: 5 }),
    ]);
    assert.deepEqual(one.embedding, { hits: 0, misses: 3, calls: 1, capValue: -1, fallbackReason: null });
    assert.deepEqual(two.embedding, { hits: 0, misses: 2, calls: 1, capValue: 5, fallbackReason: null });
  });

  it('sends 2,000 code points of a content, never half a pair', () => {
    assert.equal(embeddingText('p', '😀'.repeat(3000)), `p\n${'😀'.repeat(2000)}`);
    assert.equal(embeddingText('p', 'a\ud800b'), 'p\na\ufffdb');
  });
});
