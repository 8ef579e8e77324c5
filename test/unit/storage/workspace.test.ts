import assert from 'node:assert/strict';
import type { SqlJsStatic } from 'sql.js';
import type { DurableStorage } from '../../../src/storage/durable.js';
import { loadSqlJs } from '../../../src/storage/sqljs/load.js';
import { openWorkspaceStorage } from '../../../src/storage/workspace/open.js';
import { describeStorageContract, everything } from './contract.js';
import { chain, chainChanges, committing, content, refLog, sha256 } from './samples.js';
import { SimulatedWorkspace } from './simulated-workspace.js';

describe('storage through whole-file calls, as workspace.fs has (§16, Annex B.14)', () => {
  let sql: SqlJsStatic;
  let files: SimulatedWorkspace;
  let time = 0;
  let nonces = 0;
  before(async () => {
    sql = await loadSqlJs();
  });
  beforeEach(() => {
    files = new SimulatedWorkspace();
    time = 0;
  });
  const open = (): Promise<DurableStorage> =>
    openWorkspaceStorage({
      files,
      sql,
      sha256,
      nonce: (++nonces).toString(16).padStart(8, '0'),
      application: 'VS Code',
      now: () => time,
    });
  const line = chain('s', 300);
  const batch = (i: number): Parameters<DurableStorage['write']>[0] => {
    const stored = line[i];
    assert.ok(stored !== undefined);
    return [...committing(stored, `s${String(i)}`), refLog('t', `commit ${String(i)}`)];
  };

  describe('contract', () => {
    describeStorageContract(open);
  });

  it('writes each batch as one new file and is the same after reopening', async () => {
    const storage = await open();
    await storage.write(batch(0));
    await storage.write(batch(1));
    assert.equal([...files.files.keys()].filter((name) => name.startsWith('log-')).length, 2);
    const before = await everything(storage);
    await storage.close();
    const again = await open();
    assert.deepEqual(await everything(again), before);
    assert.deepEqual(again.notices, []);
    await again.close();
  });

  it('gathers many small segments into few, loses nothing', async () => {
    const storage = await open();
    for (let i = 0; i < 250; i++) await storage.write(batch(i));
    const before = await everything(storage);
    await storage.compact();
    assert.ok(files.files.size < 10, [...files.files.keys()].join(' '));
    assert.deepEqual(await everything(storage), before);
    assert.deepEqual(await storage.check(), []);
    await storage.close();
    const again = await open();
    assert.deepEqual(await everything(again), before);
    assert.deepEqual(await again.check(), []);
    await again.close();
  });

  it('takes back a batch that the host refused', async () => {
    const storage = await open();
    await storage.write(batch(0));
    const before = await everything(storage);
    files.fault = (call, name) => {
      if (call === 'writeFile' && name.startsWith('log-'))
        throw Object.assign(new Error('quota'), { code: 'NoPermissions' });
    };
    await assert.rejects(storage.write(batch(1)), { code: 'STORE_WRITE' });
    assert.deepEqual(await everything(storage), before);
    files.fault = null;
    await storage.write(batch(1));
    assert.equal([...storage.commitHashes()].length, 2);
    await storage.close();
  });

  it('lets a second window read and follow, and write once the owner file stood still for 20 s', async () => {
    const first = await open();
    await first.write(batch(0));
    const second = await open();
    assert.match(second.readOnlyReason ?? '', /open in another window/i);
    await assert.rejects(second.write(batch(1)), { code: 'STORE_LOCKED' });
    assert.deepEqual(await everything(second), await everything(first));
    await first.write(batch(1));
    time += 21_000;
    await until(() => second.readOnlyReason === null);
    assert.deepEqual([...second.commitHashes()], [sha256('s0'), sha256('s1')]);
    // The first one only slept: it finds out at its next write, and follows from then on.
    await assert.rejects(first.write(batch(2)), { code: 'STORE_LOCKED' });
    assert.equal([...first.commitHashes()].length, 2);
    await second.write(batch(2));
    await until(() => [...first.commitHashes()].length === 3);
    await second.close();
    await first.close();
  }).timeout(10_000);

  it('sets aside what a second writer wrote in the same moment, never mixes it in', async () => {
    const first = await open();
    await first.write([content('mine'), refLog('t', 'first')]);
    const before = await everything(first);
    // The same number under another nonce: the other writer had slept between its look at the lock and its write.
    const segment = [...files.files].find(([name]) => name.startsWith('log-'));
    assert.ok(segment !== undefined);
    files.files.set(segment[0].replace(/-[0-9a-f]{8}\./, '-ffffffff.'), segment[1]);
    await first.close();
    const again = await open();
    assert.deepEqual(await everything(again), before);
    assert.deepEqual(
      again.notices.map((notice) => notice.code),
      ['SECOND_WRITER'],
    );
    assert.ok([...files.files.keys()].some((name) => name.includes('ffffffff.tract.damaged-')));
    await again.write(chainChanges('x', 2));
    await again.close();
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(condition());
}
