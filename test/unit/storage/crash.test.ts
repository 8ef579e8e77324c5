import assert from 'node:assert/strict';
import type { Change } from '../../../src/core/ports/storage.js';
import { openMemoryStorage } from '../../../src/storage/memory.js';
import { everything } from './contract.js';
import { USAGE, chain, committing, record, refLog, sha256, tract } from './samples.js';
import type { Fate } from './simulated-files.js';
import { SimulatedFiles } from './simulated-files.js';
import { batchesIn, openSimulated } from './simulated-store.js';

const BATCHES = 24;
const line = chain('b', BATCHES + 1);

/** Batch i makes commit i, moves the branch and leaves rows in other tables. */
function batch(i: number): readonly Change[] {
  const stored = line[i];
  assert.ok(stored !== undefined);
  return [
    ...committing(stored, `b${String(i)}`),
    { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: stored.commitHash },
    refLog('t', `commit ${String(i)}`),
    ...(i === 0 ? [{ kind: 'tract', tract: tract('t') } as const] : []),
    ...(i % 5 === 1 ? [{ kind: 'record', record: record(`r${String(i)}`, 't', stored.commitHash) } as const] : []),
    ...(i % 5 === 2
      ? [{ kind: 'recordUpdate', id: `r${String(i - 1)}`, update: { outcome: 'answered' } } as const]
      : []),
    ...(i % 7 === 3
      ? [{ kind: 'usage', report: { headHash: stored.commitHash, optionsKey: '', usage: USAGE, at: 'x' } } as const]
      : []),
  ];
}

describe('a crash of the machine at any moment (§16)', () => {
  /** What a store with the first n batches answers. */
  const states: unknown[] = [];
  /** How many batches were acknowledged, and issued, when the trace had so many calls. */
  const acknowledged: number[] = [];
  const issued: number[] = [];
  let files: SimulatedFiles;

  before(async () => {
    const memory = await openMemoryStorage();
    states.push(await everything(memory));
    for (let i = 0; i < BATCHES; i++) {
      await memory.write(batch(i));
      states.push(await everything(memory));
    }
    files = new SimulatedFiles();
    let storage = await openSimulated(files);
    const write = async (i: number): Promise<void> => {
      issued[i] = files.trace.length;
      await storage.write(batch(i));
      acknowledged[i] = files.trace.length;
    };
    for (let i = 0; i < 6; i++) await write(i);
    await Promise.all([6, 7, 8, 9].map(write));
    await storage.compact();
    for (let i = 10; i < 14; i++) await write(i);
    await storage.compact();
    await Promise.all([14, 15].map(write));
    await storage.compact();
    await storage.close();
    storage = await openSimulated(files);
    for (let i = 16; i < BATCHES; i++) await write(i);
    await storage.close();
  });

  const fates: readonly (readonly [string, (seed: number) => (step: number) => Fate, (count: number) => number])[] = [
    ['every unsynced call lost', () => () => 'dropped', () => 0],
    ['every unsynced call done', () => () => 'kept', (count) => count],
    ['names done, bytes lost', () => () => 'dropped', (count) => count],
    ['bytes torn', (seed) => (step) => ({ torn: random(seed + step) }), (count) => Math.ceil(count / 2)],
    [
      'lost, torn and done in any mixture',
      (seed) => (step) => {
        const r = random(seed * 31 + step);
        return r < 0.4 ? 'dropped' : r < 0.7 ? 'kept' : { torn: (r - 0.7) / 0.3 };
      },
      (count) => Math.floor(random(count * 7 + 3) * (count + 1)),
    ],
  ];

  for (const [name, fate, names] of fates) {
    it(`holds every acknowledged batch, whole, after each call: ${name}`, async () => {
      for (let calls = 0; calls <= files.trace.length; calls++) {
        const crashed = files.crashed(calls, fate(calls), names);
        const storage = await openSimulated(crashed);
        const held = batchesIn(storage);
        const at = `after call ${String(calls)}`;
        const least = acknowledged.filter((call) => call <= calls).length;
        const most = issued.filter((call) => call <= calls).length;
        assert.ok(held >= least && held <= most, `${at}: ${String(held)} of ${String(least)} to ${String(most)}`);
        assert.deepEqual(await everything(storage), states[held], at);
        assert.deepEqual(await storage.check(), [], at);
        assert.ok(
          storage.notices.every((notice) => notice.code === 'TORN_TAIL' || notice.code === 'SNAPSHOT_DAMAGED'),
          `${at}: ${JSON.stringify(storage.notices)}`,
        );
        // And it goes on from there.
        await storage.write(batch(held));
        await storage.close();
        const again = await openSimulated(crashed);
        assert.equal(batchesIn(again), held + 1, at);
        assert.equal(again.ref('t', 'refs/heads/main'), sha256(`b${String(held)}`), at);
        assert.deepEqual(again.notices, [], at);
        await again.close();
      }
    }).timeout(30_000);
  }

  it('survives a second crash while it recovers from the first', async () => {
    for (let calls = 0; calls <= files.trace.length; calls += 3) {
      const first = files.crashed(
        calls,
        (step) => ({ torn: random(step) }),
        (count) => count,
      );
      const least = acknowledged.filter((call) => call <= calls).length;
      const recovering = new SimulatedFiles(first.files());
      const storage = await openSimulated(recovering);
      await storage.close();
      for (let more = 0; more <= recovering.trace.length; more++) {
        const second = crashedOn(first.files(), recovering, more);
        const again = await openSimulated(second);
        assert.ok(batchesIn(again) >= least, `after call ${String(calls)} and ${String(more)}`);
        assert.deepEqual(await again.check(), []);
        await again.close();
      }
    }
  }).timeout(30_000);
});

/** The first `calls` calls of a recovery, done to the files it found, then everything else lost. */
function crashedOn(found: ReadonlyMap<string, Uint8Array>, recovering: SimulatedFiles, calls: number): SimulatedFiles {
  const whole = new SimulatedFiles();
  for (const [name, bytes] of found) {
    whole.trace.push({ kind: 'create', name }, { kind: 'write', name, offset: 0, bytes }, { kind: 'sync', name });
  }
  whole.trace.push({ kind: 'syncDirectory' });
  const before = whole.trace.length;
  whole.trace.push(...recovering.trace);
  return whole.crashed(
    before + calls,
    () => 'dropped',
    () => 0,
  );
}

/** Same seed, same figure in [0, 1). */
function random(seed: number): number {
  return parseInt(sha256(String(seed)).slice(0, 8), 16) / 2 ** 32;
}
