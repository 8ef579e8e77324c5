import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeRankFiles } from '../../../scripts/build/rank-files.js';
import { SlicedCounter, isSlowToCount } from '../../../src/tokens/background-counter.js';
import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import { WorkerCounter } from '../../../src/tokens/node/worker-counter.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';
import { randomSource, randomText } from './random-text.js';
import { tokenizers } from './source-tokenizers.js';

const texts = ['', 'Hello, world!', randomText(randomSource(1), 40_000), 'a'.repeat(70_000), '你好世界'];
const expected = texts.map((text) => tokenizers.countTokens(text));

describe('isSlowToCount', () => {
  it('sends texts over 1 MB and long unbroken pieces to the background', () => {
    assert.equal(isSlowToCount(''), false);
    assert.equal(isSlowToCount('word '.repeat(190_000)), false);
    assert.equal(isSlowToCount('word '.repeat(210_000)), true);
    assert.equal(isSlowToCount('a'.repeat(49_000)), false);
    assert.equal(isSlowToCount(`word ${'a'.repeat(101_000)} word`), true);
  });
});

describe('SlicedCounter', () => {
  it('counts exactly and pauses on the way', async () => {
    let pauses = 0;
    const counter = new SlicedCounter(tokenizers, () => {
      pauses++;
      return Promise.resolve();
    });
    assert.deepEqual(await counter.countMany(texts), expected);
    assert.ok(pauses >= 2, `${pauses} pauses`);
    const cl100k = texts.map((text) => tokenizers.countTokens(text, 'cl100k_base'));
    assert.deepEqual(await counter.countMany(texts, { encoding: 'cl100k_base' }), cl100k);
    await counter.close();
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const counter = new SlicedCounter(tokenizers, () => {
      controller.abort(new Error('stale'));
      return Promise.resolve();
    });
    await assert.rejects(counter.countMany(texts, { signal: controller.signal }), { message: 'stale' });
  });
});

describe('WorkerCounter', function () {
  this.timeout(60_000);
  let folder: string;
  let workerFile: string;
  let ranks: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tract-worker-'));
    ranks = join(folder, 'ranks');
    workerFile = join(folder, 'worker.mjs');
    writeRankFiles(ranks);
    const entry = join(import.meta.dirname, '../../../src/tokens/node/worker.ts');
    await build({ entryPoints: [entry], outfile: workerFile, bundle: true, platform: 'node', format: 'esm' });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('counts in a thread of its own, from the rank files of the build', async () => {
    assert.equal(new Tokenizers(rankFiles(ranks)).countTokens('你好世界', 'cl100k_base'), 5);
    const counter = new WorkerCounter(workerFile, ranks);
    const [first, second] = await Promise.all([
      counter.countMany(texts),
      counter.countMany(['你好世界'], { encoding: 'cl100k_base' }),
    ]);
    assert.deepEqual(first, expected);
    assert.deepEqual(second, [5]);
    await counter.close();
  });

  it('refuses an unknown encoding', async () => {
    const counter = new WorkerCounter(workerFile, ranks);
    await assert.rejects(counter.countMany(['a'], { encoding: 'gpt2' }), { code: 'UNKNOWN_ENCODING' });
  });

  it('forgets a count that is aborted and goes on with others', async () => {
    const counter = new WorkerCounter(workerFile, ranks);
    const controller = new AbortController();
    const stale = counter.countMany(texts, { signal: controller.signal });
    const wanted = counter.countMany(['Hello, world!']);
    controller.abort(new Error('stale'));
    await assert.rejects(stale, { message: 'stale' });
    assert.deepEqual(await wanted, [4]);
    await assert.rejects(counter.countMany([], { signal: controller.signal }), { message: 'stale' });
    await counter.close();
  });

  it('rejects what is under way when closed, and starts again when asked', async () => {
    const counter = new WorkerCounter(workerFile, ranks);
    const under = assert.rejects(counter.countMany(texts), { code: 'COUNTING_STOPPED' });
    await counter.close();
    await under;
    assert.deepEqual(await counter.countMany(['Hello, world!']), [4]);
    await counter.close();
  });

  it('says so when the thread cannot start', async () => {
    const counter = new WorkerCounter(join(folder, 'missing.mjs'), ranks);
    await assert.rejects(counter.countMany(['a']), { code: 'COUNTING_STOPPED' });
    await assert.rejects(counter.countMany(['a']), { code: 'COUNTING_STOPPED' });
  });
});
