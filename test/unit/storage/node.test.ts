import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../../../src/core/ports/storage.js';
import { openNodeStorage } from '../../../src/storage/node/open.js';
import { describeStorageContract, everything } from './contract.js';
import { chainChanges, record, refLog, sha256, tract } from './samples.js';

describe('storage in a folder (§16)', () => {
  let directory: string;
  const open = (): Promise<Storage> => openNodeStorage({ directory });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tract-store-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  describe('contract', () => {
    describeStorageContract(open);
  });

  it('is the same after reopening, from the log alone', async () => {
    const storage = await open();
    await storage.write([
      ...chainChanges('c', 20),
      { kind: 'tract', tract: tract('t') },
      { kind: 'ref', tractId: 't', name: 'HEAD', value: sha256('c3') },
      refLog('t', 'commit'),
      { kind: 'record', record: record('r', 't', sha256('c3')) },
    ]);
    const before = await everything(storage);
    await storage.close();
    const again = await open();
    assert.deepEqual(await everything(again), before);
    assert.deepEqual(again.notices, []);
    await again.close();
  });
});
