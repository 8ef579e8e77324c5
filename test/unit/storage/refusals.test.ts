import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change } from '../../../src/core/ports/storage.js';
import { openMemoryStorage } from '../../../src/storage/memory.js';
import { everything } from './contract.js';
import { chain, commit, content, record, refLog, sha256 } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { openSimulated } from './simulated-store.js';

const line = chain('r', 5);
const first = line[0];
const last = line[4];
assert.ok(first && last);
const naming = [
  commit('edit', last, { operation: 'edit', editTarget: first.commitHash, targets: [first.commitHash] }),
  commit('merge', first, { extraParents: [sha256('r3')], lastMerge: sha256('merge') }),
  commit('far', last, { jump: sha256('r1'), lastMerge: sha256('merge') }),
];

/** Changes of which each needs some of the others before it. */
const changes: readonly Change[] = [
  ...[...line.keys()].map((i) => content(`text of r${String(i)}`)),
  ...['edit', 'merge', 'far'].map((name) => content(`text of ${name}`)),
  ...[...line, ...naming].map((one) => ({ kind: 'commit', commit: one }) as const),
  refLog('t', 'commit'),
  { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: first.commitHash },
  { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: null },
  { kind: 'record', record: record('r1', 't', first.commitHash) },
  { kind: 'recordUpdate', id: 'r1', update: { outcome: 'answered' } },
  { kind: 'removeCommits', commitHashes: [last.commitHash] },
  { kind: 'removeContents', contentHashes: [sha256('text of r4')] },
];

/** In the order of the list, as they are mostly written, or as they come. */
const batches = fc.array(fc.oneof(fc.subarray([...changes]), fc.array(fc.constantFrom(...changes), { maxLength: 8 })), {
  minLength: 1,
  maxLength: 6,
});

describe('batches that name what is not there (§4, §16)', () => {
  it('are refused by the durable store exactly where the plainest one refuses them, awaited or not', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.boolean(), async (wanted, awaited) => {
        const files = new SimulatedFiles();
        const stores = [await openMemoryStorage(), await openSimulated(files)] as const;
        const outcomes = await Promise.all(
          stores.map(async (storage) => {
            const codes: Promise<string>[] = [];
            for (const batch of wanted) {
              codes.push(
                storage.write(batch).then(
                  () => 'done',
                  (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
                ),
              );
              if (awaited) await codes.at(-1);
            }
            return Promise.all(codes);
          }),
        );
        assert.deepEqual(outcomes[1], outcomes[0]);
        const held = await everything(stores[0]);
        assert.deepEqual(await everything(stores[1]), held);
        for (const storage of stores) await storage.close();
        const again = await openSimulated(files);
        assert.deepEqual(await everything(again), held);
        assert.equal(again.ref('t', 'refs/heads/main'), stores[0].ref('t', 'refs/heads/main'));
        await again.close();
      }),
      { numRuns: 150 },
    );
  });
});
