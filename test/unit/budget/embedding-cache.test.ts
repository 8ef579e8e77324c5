import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { productBundles } from '../../../scripts/build/bundles.js';
import { InvalidArgumentError } from '../../../src/core/model/errors.js';
import { openEmbeddingCache } from '../../../src/budget/node/open-embedding-cache.js';
import { bundleProgram, startProgram } from '../support/programs.js';

const key = (n: number): string => n.toString(16).padStart(64, '0');
const entries = (...numbers: number[]): Map<string, Float32Array> =>
  new Map(numbers.map((n) => [key(n), Float32Array.of(n, 0.5)]));

/** The program of the thread, as the build makes it, with SQLite's wasm beside it. */
async function bundledWorker(folder: string): Promise<URL> {
  const entry = join(import.meta.dirname, '../../../src/budget/node/worker.ts');
  await build({ ...productBundles()[0], entryPoints: { 'budget-worker': entry }, outdir: folder });
  await copyFile(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'), join(folder, 'sql-wasm.wasm'));
  return pathToFileURL(join(folder, 'budget-worker.mjs'));
}

describe('embedding cache (§12)', () => {
  let directory: string;
  let made: string;
  beforeEach(async () => {
    directory = made = await mkdtemp(join(tmpdir(), 'embedding-cache-'));
  });
  afterEach(() => rm(made, { recursive: true, force: true }));
  const file = (): string => join(directory, 'embeddings.sqlite');

  it('survives a restart, in a file of its own that is SQLite', async () => {
    const cache = await openEmbeddingCache({ directory: join(directory, 'made') });
    await cache.put(entries(1, 2));
    await cache.close();
    assert.deepEqual(await readdir(join(directory, 'made')), ['embeddings.sqlite']);
    const bytes = await readFile(join(directory, 'made', 'embeddings.sqlite'));
    assert.equal(bytes.subarray(0, 15).toString(), 'SQLite format 3');
    const again = await openEmbeddingCache({ directory: join(directory, 'made') });
    assert.deepEqual(again.get(key(2)), Float32Array.of(2, 0.5));
    assert.equal(again.get(key(3)), undefined);
  });

  it('is on disk when put resolves, without a close', async () => {
    await (await openEmbeddingCache({ directory })).put(entries(1));
    assert.equal((await openEmbeddingCache({ directory })).size, 1);
  });

  it('drops the least recently used by entries, across a restart', async () => {
    const cache = await openEmbeddingCache({ directory, maxEntries: 3 });
    await cache.put(entries(1, 2, 3));
    cache.get(key(1));
    await cache.close();
    const again = await openEmbeddingCache({ directory, maxEntries: 3 });
    await again.put(entries(4));
    assert.deepEqual(
      [1, 2, 3, 4].filter((n) => again.get(key(n)) !== undefined),
      [1, 3, 4],
    );
    await again.close();
    assert.equal((await openEmbeddingCache({ directory, maxEntries: 1 })).size, 1);
  });

  it('is bounded by bytes: 32 per key and 4 per dimension', async () => {
    const cache = await openEmbeddingCache({ maxBytes: 80 });
    await cache.put(entries(1, 2, 3));
    assert.equal(cache.size, 2);
    assert.equal(cache.bytes, 80);
    await cache.put(new Map([[key(9), new Float32Array(100)]]));
    assert.equal(cache.get(key(9)), undefined);
    assert.equal(cache.size, 2);
  });

  it('holds nothing when a limit is 0 and refuses limits that are none', async () => {
    const cache = await openEmbeddingCache({ maxEntries: 0 });
    await cache.put(entries(1));
    assert.equal(cache.size, 0);
    for (const wrong of [{ maxEntries: -1 }, { maxBytes: 1.5 }, { maxBytes: NaN }]) {
      await assert.rejects(openEmbeddingCache(wrong), InvalidArgumentError);
    }
  });

  const damage: readonly (readonly [string, () => Promise<void>])[] = [
    ['garbage', () => writeFile(file(), 'not a database at all')],
    ['empty', () => writeFile(file(), '')],
    ['cut', () => truncate(file(), 5000)],
    [
      'with a broken page',
      async () => {
        const bytes = await readFile(file());
        await writeFile(file(), bytes.fill(0x5a, 4096, 4200));
      },
    ],
  ];
  for (const [name, hurt] of damage) {
    it(`drops a file that is ${name}, and works on`, async () => {
      await (await openEmbeddingCache({ directory })).put(entries(1, 2));
      await hurt();
      const cache = await openEmbeddingCache({ directory });
      assert.equal(cache.size, 0);
      assert.deepEqual(await readdir(directory), []);
      await cache.put(entries(7));
      assert.equal((await openEmbeddingCache({ directory })).size, 1);
    });
  }

  it('goes on in memory when the folder cannot be written', async () => {
    await writeFile(join(directory, 'plain'), '');
    const warnings: string[] = [];
    const cache = await openEmbeddingCache({
      directory: join(directory, 'plain'),
      warn: (message) => warnings.push(message),
    });
    await cache.put(entries(1));
    assert.equal(cache.size, 1);
    assert.ok(warnings.length > 0);
    await cache.close();
  });

  it('reads and writes a large file in a thread, exactly, the order of use included', async () => {
    const worker = await bundledWorker(join(directory, 'program'));
    // 2 MB: above what is done at once.
    const many = Array.from({ length: 1000 }, (_, n) => n);
    const large = new Map(many.map((n) => [key(n), Float32Array.from({ length: 500 + (n % 3) }, (_, i) => n + i / 7)]));
    directory = join(directory, 'cache');
    const cache = await openEmbeddingCache({ directory, worker });
    await cache.put(large);
    cache.get(key(0));
    await cache.close();
    assert.deepEqual(await readdir(directory), ['embeddings.sqlite']);
    for (const again of [await openEmbeddingCache({ directory, worker }), await openEmbeddingCache({ directory })]) {
      assert.equal(again.size, 1000);
      for (const n of many) assert.deepEqual(again.get(key(n)), large.get(key(n)));
    }
    const shorter = await openEmbeddingCache({ directory, worker, maxEntries: 2 });
    assert.deepEqual(
      [0, 998, 999].filter((n) => shorter.get(key(n)) !== undefined),
      [0, 999],
    );
    const bytes = await readFile(file());
    await writeFile(file(), bytes.fill(0x5a, 4096, 4200));
    assert.equal((await openEmbeddingCache({ directory, worker })).size, 0);
  });

  it('goes on in memory when its thread fails', async () => {
    const warnings: string[] = [];
    const worker = new URL('./there-is-no-such-program.mjs', import.meta.url);
    const cache = await openEmbeddingCache({ directory, worker, warn: (message) => warnings.push(message) });
    await cache.put(new Map([[key(1), new Float32Array(300_000)]]));
    assert.equal(cache.size, 1);
    assert.match(warnings.join('\n'), /^The embedding cache could not be written; it stays in memory: /);
  });

  it('removes what a killed process was writing, and nothing of a living one', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    const name = (pid: number | undefined) => `embeddings.sqlite.${String(pid)}-1a2b.tmp`;
    for (const pid of [child.pid, process.pid]) await writeFile(join(directory, name(pid)), 'half');
    await openEmbeddingCache({ directory });
    assert.deepEqual(await readdir(directory), [name(process.pid)]);
  });

  it('is the old file or the new one after kill -9 while writing', async () => {
    const program = await bundleProgram(new URL('./fill-cache.ts', import.meta.url));
    const child = startProgram(program, directory);
    child.stderr.pipe(process.stderr);
    let written = '';
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      if (written.split('\n').length > 30) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = written.trim().split('\n').length;
    const cache = await openEmbeddingCache({ directory });
    assert.ok(cache.size >= acknowledged, `${cache.size} of ${acknowledged}`);
    for (let n = 0; n < acknowledged; n++) assert.equal(cache.get(key(n))?.[255], n);
  });
});
