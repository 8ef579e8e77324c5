import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreChange } from '../../../src/core/ports/storage.js';
import { backupStore, restoreStore } from '../../../src/storage/node/backup.js';
import { openNodeStorage } from '../../../src/storage/node/open.js';
import type { StoreLock } from '../../../src/storage/lock.js';
import { everything } from './contract.js';
import { bundleProgram, startProgram } from '../support/programs.js';
import { WASM_FILE, bundleSnapshotWorker, wasmBinary } from './processes/snapshot-worker.js';
import { chainChanges, content, refLog, sha256, tract } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { openSimulated } from './simulated-store.js';

describe('two windows on one store (§16)', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tract-windows-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('the second reads, follows live, names the owner, and takes over when the first closes', async () => {
    const first = await openNodeStorage({ directory, application: 'VS Code' });
    await first.write([...chainChanges('a', 3), { kind: 'tract', tract: tract('t') }]);
    const second = await openNodeStorage({ directory, application: 'VS Code' });
    assert.match(
      second.readOnlyReason ?? '',
      new RegExp(`another window: VS Code \\(process ${String(process.pid)} on `),
    );
    await assert.rejects(second.write([content('x')]), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'STORE_LOCKED');
      assert.match(error.message, /VS Code \(process/);
      return true;
    });
    const told: StoreChange[] = [];
    second.onDidChange((change) => told.push(change));
    await first.write([{ kind: 'ref', tractId: 't', name: 'HEAD', value: sha256('a2') }]);
    await until(() => second.ref('t', 'HEAD') === sha256('a2'));
    assert.deepEqual(told, [{ origin: 'other', tractIds: new Set(['t']) }]);
    await first.compact();
    await first.write([refLog('t', 'after the snapshot')]);
    await until(() => second.refLog('t', { limit: 1 }).length === 1);
    const before = await everything(first);
    await first.close();
    await until(() => second.readOnlyReason === null);
    assert.deepEqual(await everything(second), before);
    await second.write([content('mine now')]);
    assert.deepEqual(second.notices, []);
    await second.close();
  }).timeout(15_000);

  it('takes over from a process that was killed, with everything it had acknowledged', async () => {
    const program = await bundleProgram(new URL('./processes/writer.ts', import.meta.url));
    const child = startProgram(program, directory, WASM_FILE, '0', '3');
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const closed = new Promise((resolve) => child.on('close', resolve));
    await until(() => output.includes('ack 20\n') || /failed|lost|problem/.test(output));
    assert.doesNotMatch(output, /failed|lost|problem/);
    const storage = await openNodeStorage({ directory });
    assert.match(storage.readOnlyReason ?? '', /another window/);
    child.kill('SIGKILL');
    await closed;
    const acknowledged = Number(/ack (\d+)\n(?:ack.*)?$/.exec(output.trimEnd() + '\n')?.[1] ?? 0);
    await until(() => storage.readOnlyReason === null);
    assert.ok([...storage.commitHashes()].length >= Math.max(20, acknowledged));
    assert.deepEqual(await storage.check(), []);
    await storage.write([content('mine now')]);
    await storage.close();
  }).timeout(20_000);

  it('opened for reading only never takes the lock and makes no file', async () => {
    const first = await openNodeStorage({ directory });
    await first.write(chainChanges('a', 3));
    await first.close();
    const before = await readdir(directory);
    const reader = await openNodeStorage({ directory, readOnly: true });
    await assert.rejects(reader.write([content('x')]), { code: 'STORE_READ_ONLY' });
    assert.equal([...reader.commitHashes()].length, 3);
    await reader.close();
    assert.deepEqual(await readdir(directory), before);
    const nowhere = await openNodeStorage({ directory: join(directory, 'nowhere'), readOnly: true });
    assert.deepEqual([...nowhere.commitHashes()], []);
    await nowhere.close();
    assert.deepEqual(await readdir(directory), before);
  });

  it('a folder that cannot be written to is opened for reading, with the reason', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(chainChanges('a', 3));
    await storage.close();
    const denied: StoreLock = {
      owner: null,
      tryTake: () => Promise.reject(Object.assign(new Error('denied'), { code: 'EROFS' })),
      release: () => Promise.resolve(),
    };
    const reader = await openSimulated(files, denied);
    assert.match(reader.readOnlyReason ?? '', /cannot be written to \(EROFS\)/);
    assert.equal([...reader.commitHashes()].length, 3);
    await assert.rejects(reader.write([content('x')]), { code: 'STORE_READ_ONLY' });
    await reader.close();
  });

  it('a snapshot made in a thread is the same store', async () => {
    const storage = await openNodeStorage({
      directory,
      snapshotWorker: await bundleSnapshotWorker(),
      wasmBinary: await wasmBinary(),
    });
    // Long messages make the database large enough for the thread.
    const changes = chainChanges('w', 1000).map((change) =>
      change.kind === 'commit'
        ? { ...change, commit: { ...change.commit, message: change.commit.message.padEnd(10_000) } }
        : change,
    );
    await storage.write(changes);
    const before = await everything(storage);
    await storage.compact();
    assert.ok((await readdir(directory)).includes('snapshot-00000001.db'));
    await storage.write([refLog('t', 'behind the snapshot')]);
    await storage.close();
    const again = await openNodeStorage({ directory });
    assert.equal(again.refLog('t', { limit: 5 }).length, 1);
    assert.deepEqual(
      { ...((await everything(again)) as object), refLogs: null },
      { ...(before as object), refLogs: null },
    );
    await again.close();
  }).timeout(20_000);
});

describe('backup and restore (issue 4)', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tract-backup-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('copies an open store, and puts it back with the files it replaces kept', async () => {
    const store = join(directory, 'store');
    const copy = join(directory, 'copy');
    const storage = await openNodeStorage({ directory: store });
    await storage.write([...chainChanges('a', 5), { kind: 'tract', tract: tract('t') }]);
    await storage.compact();
    await storage.write(chainChanges('b', 5));
    const then = await everything(storage);
    await backupStore(storage, copy);
    await assert.rejects(backupStore(storage, copy), { code: 'STORE_BACKUP' });
    await storage.write(chainChanges('c', 5));
    const sizes = await storage.sizes();
    assert.equal(sizes.contents, 15);
    assert.equal(sizes.durability, 'machine crash');
    await assert.rejects(restoreStore(copy, { directory: store }), { code: 'STORE_LOCKED' });
    await storage.close();
    const aside = await restoreStore(copy, { directory: store });
    assert.match(aside ?? '', /replaced-/);
    const restored = await openNodeStorage({ directory: store });
    assert.deepEqual(await everything(restored), then);
    assert.deepEqual(await restored.check(), []);
    await restored.close();
    // What was replaced is a store of its own.
    const replaced = await openNodeStorage({ directory: aside ?? '', readOnly: true });
    assert.equal([...replaced.commitHashes()].length, 15);
    await replaced.close();
  });

  it('refuses a damaged or empty backup and changes nothing', async () => {
    const store = join(directory, 'store');
    const copy = join(directory, 'copy');
    const storage = await openNodeStorage({ directory: store });
    await storage.write(chainChanges('a', 5));
    await backupStore(storage, copy);
    await storage.close();
    const before = await readdir(store);
    await assert.rejects(restoreStore(join(directory, 'nowhere'), { directory: store }), { code: 'STORE_BACKUP' });
    const log = (await readdir(copy)).find((name) => name.startsWith('log-')) ?? '';
    await copyFile(join(copy, log), join(copy, 'log-00000007.tract'));
    await writeFile(join(copy, log), 'garbage');
    await assert.rejects(restoreStore(copy, { directory: store }), { code: 'STORE_BACKUP' });
    assert.deepEqual(await readdir(store), before);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(condition());
}
