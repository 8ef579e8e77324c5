/**
 * The engine at 1k, 5k and 100k commits in a durable folder, against the figures of DESIGN's table (the Python predecessor's, at
 * 5k, measured on the machine of the design). Prints; asserts nothing. `TRACT_BENCH_SIZES=1000,5000` chooses sizes.
 *
 * From scratch means that nothing of the store was read before: in a new process, whose code V8 has not compiled yet, and in this
 * one, which has opened and compiled before. A commit is durable, so it cannot take less than the disk's own `fdatasync`.
 */
import { spawnSync } from 'node:child_process';
import { fdatasync, writeSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Tract as TractClass } from '../../src/library.js';
import { Tract } from './built.js';

const SIZES = (process.env['TRACT_BENCH_SIZES'] ?? '1000,5000,100000').split(',').map(Number);
/** Milliseconds of the predecessor at 5k commits, where DESIGN has them. */
const PEER: Readonly<Record<string, number>> = {
  'append + compile': 540,
  'compile from scratch, new process': 3_800,
  'compile from scratch, warm process': 3_800,
  'checkout of the middle + compile': 1_700,
  'log page of 100': 44,
};
/** The first runs are those in which V8 still compiles what runs. */
const WARM_RUNS = 25;
/** Commits of a session that is under way: measured after as many that only warm up. */
const COMMITS = 201;
const BATCH = 1_000;

/** The median of some runs, in ms, without what is done `before` each. */
async function median(
  runs: number,
  work: (run: number) => Promise<unknown>,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await before();
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[runs >> 1] ?? NaN;
}

const dataSync = promisify(fdatasync);

/** What the machine takes to make 1 KB durable at the end of a file, in ms. */
async function bareCommit(directory: string): Promise<number> {
  const file = await open(join(directory, 'bare'), 'w');
  const bytes = new Uint8Array(1_000).fill(7);
  const ms = await median(101, async (run) => {
    writeSync(file.fd, bytes, 0, bytes.length, run * bytes.length);
    await dataSync(file.fd);
  });
  await file.close();
  await rm(join(directory, 'bare'));
  return ms;
}

/** The medians of new processes that open the store and compile it. */
function inNewProcesses(directory: string, runs = 5): { readonly open: number; readonly compile: number } {
  const script = fileURLToPath(new URL('cold-compile.ts', import.meta.url));
  const found = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script, directory], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { open: number; compile: number };
  });
  const middle = (key: 'open' | 'compile') => found.map((run) => run[key]).sort((a, b) => a - b)[runs >> 1] ?? NaN;
  return { open: middle('open'), compile: middle('compile') };
}

async function fill(tract: TractClass, size: number): Promise<void> {
  for (let done = 0; done < size; done += BATCH) {
    await tract.batch(async (batch) => {
      for (let i = done; i < Math.min(done + BATCH, size); i++) {
        if (i % 50 === 49) await batch.annotate('HEAD~3', 'important');
        else
          await (i % 2 === 0 ? batch.user(`question ${i} about the river`) : batch.assistant(`answer ${i}, it flows`));
      }
    });
  }
}

async function measure(size: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tract-bench-'));
  let tract = await Tract.open({ directory });
  const filled = performance.now();
  await fill(tract, size);
  console.log(`\n${size} commits, durable folder (filled in ${Math.round(performance.now() - filled)} ms)`);
  await tract.compile();
  const report = (what: string, ms: number) => {
    const peer = PEER[what];
    const ratio = peer === undefined ? '' : `  predecessor at 5k: ${peer} ms, ${Math.round(peer / ms)}×`;
    console.log(`  ${what.padEnd(34)} ${ms.toFixed(3).padStart(10)} ms${ratio}`);
  };
  report('bare write + fdatasync of 1 KB', await bareCommit(directory));
  const commit = (run: number) => tract.user(`appended ${run}`);
  await median(COMMITS, commit);
  report('commit, durable', await median(COMMITS, commit));
  const commitAndCompile = async (run: number) => {
    await tract.user(`appended again ${run}`);
    await tract.compile();
  };
  await median(COMMITS, commitAndCompile);
  report('append + compile', await median(COMMITS, commitAndCompile));
  report(
    'append + compile + read messages',
    await median(21, async (run) => {
      await tract.user(`appended and read ${run}`);
      return (await tract.compile()).messages.length;
    }),
  );
  report('log page of 100', await median(21, () => tract.log({ limit: 100 })));
  report('diff of HEAD', await median(11, () => tract.diff()));
  report('diff over 100 commits', await median(5, () => tract.diff('HEAD~100', 'HEAD')));
  report('diff of HEAD, all messages aligned', await median(5, async () => (await tract.diff()).messages.length));
  await tract.close();
  const cold = inNewProcesses(directory);
  report('open, new process', cold.open);
  report('compile from scratch, new process', cold.compile);
  tract = await Tract.open({ directory });
  report(
    'compile from scratch, warm process',
    await median(
      WARM_RUNS,
      () => tract.compile(),
      async () => {
        await tract.close();
        tract = await Tract.open({ directory });
      },
    ),
  );
  const middle = `main~${size >> 1}`;
  report(
    'checkout of the middle + compile',
    await median(5, async (run) => {
      await tract.checkout(`${middle}~${run * 7}`);
      await tract.compile();
    }),
  );
  await tract.close();
  await rm(directory, { recursive: true });
}

for (const size of SIZES) await measure(size);
