import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../src/storage/memory.js';
import { everything } from './contract.js';
import { chain, committing, content, refLog, sha256 } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { batchesIn, openSimulated } from './simulated-store.js';

const line = chain('f', 40);
const batch = (i: number): Parameters<Awaited<ReturnType<typeof openMemoryStorage>>['write']>[0] => {
  const stored = line[i];
  assert.ok(stored !== undefined);
  return [...committing(stored, `f${String(i)}`), refLog('t', `commit ${String(i)}`)];
};

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code });
}

/** Rejections by their stable code; anything else fails the test. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'done';
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && typeof error.code === 'string', String(error));
    return error.code;
  }
}

describe('a disk that refuses (§16)', () => {
  const states: unknown[] = [];
  before(async () => {
    const memory = await openMemoryStorage();
    states.push(await everything(memory));
    for (let i = 0; i < 30; i++) {
      await memory.write(batch(i));
      states.push(await everything(memory));
    }
  });

  for (const code of ['ENOSPC', 'EACCES', 'EIO']) {
    it(`${code} at any one call: a clear error, nothing half-done, the next try works`, async () => {
      for (let at = 0; ; at++) {
        const files = new SimulatedFiles();
        let calls = 0;
        let failed = '';
        files.fault = (call) => {
          if (calls++ === at) {
            failed = call;
            throw failure(code);
          }
        };
        const where = (): string => `call ${String(at)} (${failed})`;
        let storage = await openSimulated(files).catch((error: unknown) => {
          assert.ok(error instanceof Error && 'code' in error && error.code === 'STORE_UNREADABLE', where());
          return openSimulated(files);
        });
        let held = 0;
        for (let step = 0; step < 8; step++) {
          const pair = [storage.write(batch(held)), storage.write(batch(held + 1))];
          const codes = await Promise.all(pair.map(codeOf));
          // In order: nothing that was written after a batch outlives it.
          assert.match(codes.join(), /^(done,done|done,STORE_WRITE|STORE_WRITE,STORE_WRITE)$/, where());
          held += codes.filter((one) => one === 'done').length;
          assert.deepEqual(await everything(storage), states[held], where());
          if (step === 2 || step === 6) assert.match(await codeOf(storage.compact()), /done|STORE_WRITE/, where());
          if (step === 4) {
            await storage.close();
            storage = await openSimulated(files).catch(() => openSimulated(files));
            assert.deepEqual(await everything(storage), states[held], where());
          }
        }
        assert.ok(held >= 14, where());
        // The first check may itself have met the failing call.
        const before = calls;
        const problems = await storage.check().catch((error: unknown) => codeOf(Promise.reject(error as Error)));
        const met = at >= before && at < calls;
        assert.deepEqual(met ? await storage.check() : problems, [], where());
        await storage.close();
        files.fault = null;
        const again = await openSimulated(files);
        assert.deepEqual(await everything(again), states[held], where());
        await again.close();
        if (failed === '') return;
      }
    }).timeout(30_000);
  }

  it('a failure at any call while GC empties log files: everything needed stays, and it is done the next time', async () => {
    for (let at = 0; ; at++) {
      const files = new SimulatedFiles();
      const storage = await openSimulated(files);
      for (let i = 0; i < 8; i++) await storage.write([...batch(i), content(`secret ${String(i)}`)]);
      await storage.write([
        { kind: 'removeContents', contentHashes: [0, 1, 2, 7].map((i) => sha256(`secret ${String(i)}`)) },
      ]);
      const before = await everything(storage);
      let calls = 0;
      let failed = '';
      files.fault = (call) => {
        if (calls++ === at) {
          failed = call;
          throw failure('EIO');
        }
      };
      const compacting = codeOf(storage.compact());
      const writing = codeOf(storage.write(batch(8)));
      assert.match(await compacting, /done|STORE_WRITE/, failed);
      if ((await writing) === 'STORE_WRITE') assert.deepEqual(await everything(storage), before, failed);
      files.fault = null;
      assert.equal(await codeOf(storage.write(batch(8))), 'done');
      assert.deepEqual(await storage.check(), [], `call ${String(at)} (${failed})`);
      const after = await everything(storage);
      await storage.close();
      const disk = Buffer.concat([...files.files().values()]).toString('latin1');
      assert.ok(disk.includes('secret 3'), `call ${String(at)} (${failed})`);
      // A log file that cannot be read whole is kept for a person to look at.
      if (failed !== 'read') assert.ok(!disk.includes('secret 1'), `call ${String(at)} (${failed})`);
      const again = await openSimulated(files);
      assert.deepEqual(await everything(again), after);
      await again.close();
      if (failed === '') return;
    }
  }).timeout(30_000);

  it('what the database refuses while the disk already writes it is taken back from both', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    await storage.write(batch(1));
    const third = line[2];
    assert.ok(third !== undefined);
    // No caller of ours can write this: SQLite takes no such value, which nothing before it notices.
    const odd = { ...third, contentType: {} as string };
    const refused = [storage.write(committing(odd, 'f2')), storage.write(batch(2))];
    assert.deepEqual(await Promise.all(refused.map(codeOf)), ['STORE_WRITE', 'STORE_WRITE']);
    assert.deepEqual(await everything(storage), states[2]);
    await storage.write(batch(2));
    assert.deepEqual(await everything(storage), states[3]);
    await storage.close();
    const again = await openSimulated(files);
    assert.deepEqual(await everything(again), states[3]);
    assert.deepEqual(again.notices, []);
    await again.close();
  });

  it('a disk full for a while: every write says so, then all goes on', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    files.fault = (call) => {
      if (call === 'write' || call === 'create') throw failure('ENOSPC');
    };
    for (let i = 0; i < 5; i++) {
      await assert.rejects(storage.write(batch(1)), (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /disk is full.*undone.*intact/);
        return true;
      });
      assert.deepEqual(await everything(storage), states[1]);
    }
    files.fault = null;
    await storage.write(batch(1));
    assert.deepEqual(await everything(storage), states[2]);
    await storage.close();
  });

  it('a disk that fails wholly: reads and writes say so, and both come back with it', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    files.fault = () => {
      throw failure('EIO');
    };
    assert.equal(await codeOf(storage.write(batch(1))), 'STORE_WRITE');
    assert.throws(() => batchesIn(storage), { code: 'STORE_UNREADABLE' });
    assert.equal(await codeOf(storage.write(batch(1))), 'STORE_WRITE');
    files.fault = null;
    await storage.write(batch(1));
    assert.deepEqual(await everything(storage), states[2]);
    await storage.close();
  });

  it('what a failed write left behind never comes back, even if it could not be cut off at once', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    files.fault = (call) => {
      if (call === 'sync' || call === 'truncate') throw failure('EIO');
    };
    assert.equal(await codeOf(storage.write(batch(1))), 'STORE_WRITE');
    assert.deepEqual(await everything(storage), states[1]);
    files.fault = null;
    await storage.write([]);
    await storage.close();
    const again = await openSimulated(files);
    assert.deepEqual(await everything(again), states[1]);
    await again.close();
  });
});
