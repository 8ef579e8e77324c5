/**
 * The engine at 1k, 5k and 100k commits in a durable folder, against the figures of DESIGN's table (the Python predecessor's, at
 * 5k, measured on the machine of the design). Prints; asserts nothing. `TRACT_BENCH_SIZES=1000,5000` chooses sizes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tract } from '../../src/library.js';

const SIZES = (process.env['TRACT_BENCH_SIZES'] ?? '1000,5000,100000').split(',').map(Number);
/** Milliseconds of the predecessor at 5k commits, where DESIGN has them. */
const PEER: Readonly<Record<string, number>> = {
  'append + compile': 540,
  'compile from scratch': 3_800,
  'checkout of the middle + compile': 1_700,
  'log page of 100': 44,
};
const BATCH = 1_000;

/** The median of some runs, in ms. */
async function median(runs: number, work: (run: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[runs >> 1] ?? NaN;
}

async function fill(tract: Tract, size: number): Promise<void> {
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
  report('commit, durable', await median(51, (run) => tract.user(`appended ${run}`)));
  report(
    'append + compile',
    await median(51, async (run) => {
      await tract.user(`appended again ${run}`);
      await tract.compile();
    }),
  );
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
  report(
    'open',
    await median(1, async () => {
      tract = await Tract.open({ directory });
    }),
  );
  report('compile from scratch', await median(1, () => tract.compile()));
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
