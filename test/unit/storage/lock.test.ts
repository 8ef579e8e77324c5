import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeLock } from '../../../src/storage/node/node-lock.js';
import { ownIdentity } from '../../../src/storage/node/process-identity.js';
import { bundleProgram, startProgram } from '../support/programs.js';

describe('the lock of a store (§16)', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tract-lock-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const owner = async (rest: Record<string, unknown>, number = 1): Promise<void> => {
    const holder = {
      ...(await ownIdentity()),
      nonce: 'n',
      application: 'VS Code',
      since: '2026-01-01T00:00:00.000Z',
      released: false,
      ...rest,
    };
    await writeFile(join(directory, `lock-${String(number).padStart(8, '0')}.json`), JSON.stringify(holder));
  };
  const take = (): Promise<boolean> => new NodeLock(directory, 'test').tryTake();

  it('goes to one, names the owner to the others, and goes on when given back', async () => {
    const first = new NodeLock(directory, 'VS Code');
    const second = new NodeLock(directory, 'tract CLI');
    assert.equal(await first.tryTake(), true);
    assert.equal(await first.tryTake(), true);
    assert.equal(await second.tryTake(), false);
    assert.equal(second.owner?.application, 'VS Code');
    assert.equal(second.owner.pid, process.pid);
    await first.release();
    await first.release();
    assert.equal(await second.tryTake(), true);
    assert.equal(await first.tryTake(), false);
    assert.equal(first.owner?.application, 'tract CLI');
    await second.release();
  });

  it('is taken from an owner that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => child.on('close', resolve));
    await owner({ pid: child.pid, started: '1' });
    assert.equal(await take(), true);
  });

  it('is taken from an owner whose pid another process has now', async () => {
    await owner({ started: 'long before' });
    assert.equal(await take(), true);
  });

  it('is taken from an owner of another boot, if the machine has boots to tell apart', async () => {
    const { boot } = await ownIdentity();
    await owner({ boot: 'another boot' });
    assert.equal(await take(), boot !== null);
  });

  it('stays with an owner that lives, whatever its clock said', async () => {
    await owner({ since: '2999-01-01T00:00:00.000Z' });
    assert.equal(await take(), false);
    await owner({ since: '1970-01-01T00:00:00.000Z' });
    assert.equal(await take(), false);
  });

  it('stays with an owner on another machine, which cannot be asked for', async () => {
    await owner({ host: `not-${hostname()}`, pid: 1 });
    assert.equal(await take(), false);
  });

  it('stays with an owner that is just writing its file', async () => {
    await writeFile(join(directory, 'lock-00000001.json'), '');
    assert.equal(await take(), false);
  });

  it('steps back when a number that was used before was free only because it had been tidied away', async () => {
    await owner({}, 5);
    await owner({ released: true }, 4);
    const slow = new NodeLock(directory, 'slow');
    assert.equal(await slow.tryTake(), false);
    assert.deepEqual((await readdir(directory)).filter((name) => name.endsWith('.json')).sort(), [
      'lock-00000004.json',
      'lock-00000005.json',
    ]);
  });

  it('leaves few files behind, readable by their owner alone', async () => {
    for (let i = 0; i < 10; i++) {
      const lock = new NodeLock(directory, 'test');
      assert.equal(await lock.tryTake(), true);
      await lock.release();
    }
    const names = await readdir(directory);
    assert.ok(names.length <= 2, names.join(' '));
    const last = JSON.parse(await readFile(join(directory, 'lock-00000010.json'), 'utf8')) as { released: boolean };
    assert.equal(last.released, true);
  });

  it('is never with two of many processes that take it, give it back and die', async () => {
    const program = await bundleProgram(new URL('./processes/contender.ts', import.meta.url));
    const PROCESSES = 6;
    const MS = 3000;
    const end = performance.now() + MS;
    let had = 0;
    let died = 0;
    const wrong: string[] = [];
    const run = (): Promise<void> =>
      new Promise((resolve) => {
        const left = end - performance.now();
        const child = startProgram(program, directory, String(Math.max(50, left)), '0.05');
        let output = '';
        child.stdout.on('data', (data: Buffer) => (output += data.toString()));
        child.stderr.on('data', (data: Buffer) => (output += data.toString()));
        child.on('close', (_code, signal) => {
          if (signal === 'SIGKILL') died++;
          for (const line of output.split('\n')) {
            if (line === 'had') had++;
            else if (line !== '') wrong.push(line);
          }
          resolve(signal === 'SIGKILL' && performance.now() < end ? run() : undefined);
        });
      });
    await Promise.all(Array.from({ length: PROCESSES }, run));
    assert.deepEqual(wrong, []);
    assert.ok(had > 20 && died > 0, `${String(had)} turns, ${String(died)} deaths`);
  }).timeout(30_000);
});
