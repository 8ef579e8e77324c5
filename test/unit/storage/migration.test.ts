import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../src/storage/memory.js';
import { SCHEMA_VERSION } from '../../../src/storage/sqljs/schema.js';
import { everything } from './contract.js';
import { batchesKept, keptStore, keptVersions } from './older-stores.js';
import { content, metric } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { openSimulated } from './simulated-store.js';

/** What the batches of a kept store mean, by the plainest implementation of the port. */
async function meaningOf(version: number): Promise<unknown> {
  const memory = await openMemoryStorage();
  for (const batch of batchesKept(version)) await memory.write(batch);
  return everything(memory);
}

describe('stores of older versions (§16)', () => {
  it('one is kept of every version, this one included', () => {
    assert.deepEqual(
      keptVersions(),
      Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1),
    );
  });

  for (const version of keptVersions()) {
    it(`version ${String(version)} is migrated with all it holds, twice, and its files stay as they are`, async () => {
      const kept = keptStore(version);
      const meaning = await meaningOf(version);
      for (let time = 0; time < 2; time++) {
        const files = new SimulatedFiles(kept);
        const storage = await openSimulated(files);
        assert.deepEqual(await everything(storage), meaning);
        assert.deepEqual(storage.notices, []);
        await storage.write([{ kind: 'metrics', row: metric('new', 'p') }, content('new')]);
        const before = await everything(storage);
        await storage.close();
        for (const [name, bytes] of kept) {
          const now = files.files().get(name);
          // The log of this version is written on; that of an older one never.
          assert.deepEqual(version === SCHEMA_VERSION ? now?.subarray(0, bytes.length) : now, bytes, name);
        }
        const again = await openSimulated(files);
        assert.deepEqual(await everything(again), before);
        assert.deepEqual(again.notices, []);
        assert.deepEqual(await again.check(), []);
        await again.close();
      }
    });
  }

  for (const version of keptVersions().filter((kept) => kept < SCHEMA_VERSION)) {
    it(`a crash at any moment of the migration from version ${String(version)} leaves a store that migrates again`, async () => {
      const kept = keptStore(version);
      const meaning = await meaningOf(version);
      const migrating = new SimulatedFiles(kept);
      const storage = await openSimulated(migrating);
      await storage.close();
      const whole = new SimulatedFiles();
      for (const [name, bytes] of kept) {
        whole.trace.push({ kind: 'create', name }, { kind: 'write', name, offset: 0, bytes }, { kind: 'sync', name });
      }
      whole.trace.push({ kind: 'syncDirectory' });
      const begin = whole.trace.length;
      whole.trace.push(...migrating.trace);
      assert.ok(whole.trace.length > begin + 3, 'the migration writes a snapshot');
      for (let calls = begin; calls <= whole.trace.length; calls++) {
        for (const torn of [0, 0.5, 1]) {
          const crashed = whole.crashed(
            calls,
            () => ({ torn }),
            (count) => count,
          );
          const again = await openSimulated(crashed);
          assert.deepEqual(await everything(again), meaning);
          await again.close();
        }
      }
    });
  }
});
