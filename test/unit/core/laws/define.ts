import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from '../../support/fast-check.js';
import { bundleProgram, PLAIN_NODE } from '../../support/programs.js';
import { Compiler } from '../../../../src/core/compile/compiler.js';
import { openStore, TractError } from '../../../../src/library.js';
import { attach, dialogue, STEPS, type Chance } from './steps.js';
import { fingerprint, World, type Setting } from './world.js';

/** Sequences of all shares together; 10,000 on demand. */
const RUNS = Number(process.env['TRACT_LAW_RUNS'] ?? 500);
/** Test files they are shared out to, so that they run side by side; each has its own seed. */
export const SHARES = 4;
const PATH = process.env['TRACT_LAW_PATH'];
const SEED = Number(process.env['TRACT_LAW_SEED'] ?? 2_091_902_299);
/** And of those that a compiler for a long run compiles beside the other. */
const LONG_RUNS = Math.ceil(RUNS / 50);
/** One in so many works in a folder instead of in memory. */
const DURABLE_EVERY = 25;
/** And one in so many is exported and imported at its end. */
const EXPORT_EVERY = 4;
const LENGTH = 60;
const BRANCH_MOVERS = new Set(['branch', 'remove branch', 'undo', 'redo', 'generate', 'reset', 'checkout']);

interface Drawn extends Chance {
  readonly step: number;
  /** Whether the step is undone and redone at once. */
  readonly undone: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  step: fc.oneof(...STEPS.map(([, weight], arbitrary) => ({ weight, arbitrary: fc.constant(arbitrary) }))),
  a: fc.nat(9_999),
  b: fc.nat(9_999),
  c: fc.nat(9_999),
  undone: fc.nat(5),
});
const sequence = fc.array(drawn, {
  minLength: process.env['TRACT_LAW_SHRINK'] === undefined ? LENGTH : 0,
  maxLength: LENGTH,
  size: 'max',
});
const setting = fc.record({ cache: fc.constantFrom(0, 1, 2, 8, 8, 8) });

/** One step with what must hold around any of them. */
async function take(
  world: World,
  { step, undone, ...chance }: Drawn,
  tally: Map<string, number>,
  trace: string[],
): Promise<void> {
  const [name, , run] = STEPS[step] ?? assert.fail('no such step');
  // Being detached refuses most operations: one step in four is enough of it.
  // Changing branches often makes histories diverge, so that merges and rebases have something to do.
  if (world.tract.isDetached ? chance.a % 4 !== 0 : chance.a % 3 === 0) await attach(world, chance);
  const before = world.imprint();
  const branch = world.tract.currentBranch;
  const done = (outcome: string) => {
    trace.push(`${name}${outcome}(${chance.a} ${chance.b} ${chance.c})`);
    tally.set(name + outcome, (tally.get(name + outcome) ?? 0) + 1);
  };
  try {
    await run(world, chance);
    done('');
  } catch (error) {
    if (!(error instanceof TractError)) throw error;
    assert.notEqual(error.code, 'COMPILE_MISMATCH', error.message);
    done(` ${error.code}`);
    // A tool call and its result are two commits: the first stands when the second is refused.
    if (name !== 'tool call' && name !== 'child') assert.deepEqual(world.imprint(), before, `law 4: a failed ${name}`);
  }
  const { head } = world.tract;
  if (head !== null) await world.check(head);
  if (!BRANCH_MOVERS.has(name)) {
    const after = world.refs();
    for (const [ref, hash] of Object.entries(before['refs'] as Record<string, string>))
      if (ref.startsWith('refs/heads/') && ref !== `refs/heads/${branch}` && branch !== null)
        assert.equal(after[ref], hash, `law 3: ${name} on ${branch} moved ${ref}`);
  }
  if (undone === 0) await undoAndRedo(world, before);
  if (undone === 1 && head !== null) await diffAddsUp(world, chance);
}

/** §8: totals, which are told from the commits between where that is possible, are those of the aligned messages. */
async function diffAddsUp({ tract }: World, { a, b }: Chance): Promise<void> {
  const back = a % 6;
  const from = await tract.resolveCommit(`HEAD~${back}`).catch(() => undefined);
  const difference = b % 3 === 0 ? await tract.diff() : await tract.diff(from);
  const { totals, messages } = difference;
  const count = (status: string) => messages.filter((message) => message.status === status).length;
  const tokens = messages.reduce((sum, one) => sum + (one.b?.tokenCount ?? 0) - (one.a?.tokenCount ?? 0), 0);
  assert.deepEqual(
    totals,
    {
      added: count('added'),
      removed: count('removed'),
      modified: count('modified'),
      unchanged: count('unchanged'),
      tokenDelta: tokens,
    },
    `§8: totals of a diff over ${back} commits`,
  );
}

/** Law 4: the last move, stepped back and forward again. */
async function undoAndRedo(world: World, before: Readonly<Record<string, unknown>>): Promise<void> {
  const after = world.imprint();
  const [entry] = world.store.storage.refLog('laws', { limit: 2 });
  if (entry?.kind !== 'move' || after['lastMove'] !== Number(before['lastMove']) + 1) return;
  await world.tract.undo();
  assert.deepEqual(world.refs(), before['refs'], `law 4: undo of ${entry.action}`);
  await world.tract.redo();
  assert.deepEqual(world.refs(), after['refs'], `law 4: redo of ${entry.action}`);
}

/** Law 5, and law 2 in a store that has never seen these commits. */
async function exportAndImport(world: World): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tract-export-'));
  const file = join(folder, 'laws.tract');
  await world.tract.exportTo(file);
  const other = await openStore({ verifyCache: true });
  const imported = await other.importTract(file);
  const all = { limit: Number.MAX_SAFE_INTEGER };
  // Each import is an op of the store that imports (§13), beside those the file brings along.
  const exported = new Set(world.store.storage.ops({ ...all, tractId: 'laws' }).map(({ opId }) => opId));
  const contents = (store: typeof other) => ({
    refs: [...store.storage.refs('laws')],
    log: store.storage.refLog('laws', all).map(({ seq: _seq, of: _of, ...entry }) => entry),
    records: store.storage.records('laws', all),
    ops: store.storage.ops({ ...all, tractId: 'laws' }).filter(({ opId }) => exported.has(opId)),
  });
  assert.deepEqual(contents(other), contents(world.store), 'law 5: export and import');
  await world.checkIn(imported, (hash) => other.storage.commit(hash) !== undefined);
  const size = () => [[...other.storage.commitHashes()].length, [...other.storage.contentSizes()].length];
  const before = [...size(), contents(other)];
  await other.importTract(file);
  assert.deepEqual([...size(), contents(other)], before, 'law 5: importing twice adds nothing');
  await other.close();
  await rm(folder, { recursive: true });
}

/** Law 1, the other half: what a process that has only the exported file makes of every head. */
async function compileElsewhere(world: World, script: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tract-process-'));
  const file = join(folder, 'laws.tract');
  await world.tract.exportTo(file);
  const heads = [
    ...new Set(Object.entries(world.refs()).flatMap(([ref, hash]) => (ref.startsWith('refs/') ? [hash] : []))),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, ...heads], {
    env: PLAIN_NODE,
    maxBuffer: 64_000_000,
  });
  const printed = JSON.parse(stdout) as Readonly<Record<string, string>>;
  for (const hash of heads)
    assert.equal(printed[hash], fingerprint(await world.tract.compile({ at: hash })), 'law 1: another process');
  await rm(folder, { recursive: true });
}

/** Law 1, over a few sequences: what other compilers make of the same commits, here and in a process of its own. */
export function describeOtherCompilers(): void {
  describe('the nine laws of the engine, across compilers and processes (§5)', function () {
    this.timeout(600_000);

    it('law 1: a compiler for a long run, which forgets what was compressed, compiles what others do', async () => {
      const property = fc.asyncProperty(sequence, async (steps) => {
        const world = await World.open({ durable: false, cache: 8 });
        const { storage, env } = world.store;
        assert.ok(env.compiler instanceof Compiler);
        const longRun = env.compiler.forLongRun();
        await dialogue(world, { a: 1, b: 2, c: 2 });
        for (const name of ['f', 'g']) await world.tract.branch(name, { checkout: false });
        for (const step of steps) {
          await take(world, step, new Map(), []);
          const { head } = world.tract;
          const expected = fingerprint(await world.tract.compile());
          assert.equal(fingerprint(await longRun.compile(storage, head)), expected, 'law 1: a long run');
        }
        await world.close();
      });
      await fc.assert(property, { seed: SEED, numRuns: LONG_RUNS, endOnFailure: true });
    });

    it('law 1: a new process compiles what this one does', async () => {
      const script = await bundleProgram(new URL('./compile-exported.ts', import.meta.url));
      const property = fc.asyncProperty(sequence, async (steps) => {
        const world = await World.open({ durable: false, cache: 8 });
        await dialogue(world, { a: 1, b: 2, c: 2 });
        for (const name of ['f', 'g']) await world.tract.branch(name, { checkout: false });
        for (const step of steps) await take(world, step, new Map(), []);
        await compileElsewhere(world, script);
        await world.close();
      });
      await fc.assert(property, { numRuns: 5, endOnFailure: true });
    });
  });
}

/** The laws over one share of the sequences, 1 to {@link SHARES}. */
export function describeLaws(share: number): void {
  const runs = Math.ceil(RUNS / SHARES);
  const seed = SEED + share - 1;

  describe(`the nine laws of the engine (§2–§9), share ${share} of ${SHARES}`, function () {
    this.timeout(Math.max(600_000, runs * 3_000));

    it(`hold over ${runs} sequences of ${LENGTH} operations`, async () => {
      const tally = new Map<string, number>();
      let run = 0;
      const property = fc.asyncProperty(sequence, setting, async (steps, { cache }) => {
        run++;
        await holdOver(steps, { durable: run % DURABLE_EVERY === 0, cache }, run % EXPORT_EVERY === 0, tally);
      });
      const started = Date.now();
      await fc.assert(property, {
        seed,
        // The `path` of a failure that was printed: only that sequence is run.
        ...(PATH === undefined ? { numRuns: runs } : { numRuns: 1, path: PATH }),
        endOnFailure: process.env['TRACT_LAW_SHRINK'] === undefined,
      });
      if (process.env['TRACT_LAW_REPORT'] !== undefined)
        console.log(
          `${runs} sequences, seed ${seed}, ${Date.now() - started} ms`,
          Object.fromEntries([...tally].sort()),
        );
    });
  });
}

/** One sequence, with the laws checked after each operation and at its end. */
async function holdOver(
  steps: readonly Drawn[],
  opening: Setting,
  exported: boolean,
  tally: Map<string, number>,
): Promise<void> {
  const world = await World.open(opening);
  const trace: string[] = [];
  try {
    await dialogue(world, { a: 1, b: 2, c: 2 });
    for (const name of ['f', 'g']) await world.tract.branch(name, { checkout: false });
    for (const step of steps) await take(world, step, tally, trace);
    await world.checkAll();
    if (world.durable) {
      await world.reopen();
      await world.checkAll();
    }
    await world.checkRecords();
    if (exported && world.tract.head !== null) await exportAndImport(world);
  } catch (error) {
    throw new Error(`After ${trace.join(', ')}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await world.close();
  }
}
