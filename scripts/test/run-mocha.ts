import Mocha from 'mocha';
import { writeRunResult } from './run-result.js';
import { addTallies, NO_TESTS, type Tally } from './tally.js';

export interface MochaRun {
  readonly files: readonly string[];
  /** Milliseconds a single test may take. */
  readonly timeout: number;
  /** Processes that share the files. 1, the default: this one, which an extension host and a browser need. */
  readonly jobs?: number;
  /** Gets the result once the run has come to its end: the proof that nothing cut it off. */
  readonly resultFile: string;
}

/** Runs test files with mocha in this process; output goes where mocha's reporter writes. */
export async function runMocha({ files, timeout, resultFile, jobs = 1 }: MochaRun): Promise<Tally> {
  const parallel = jobs > 1;
  const forbidOnly = process.env['CI'] !== undefined;
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout, forbidOnly, parallel, jobs });
  for (const file of files) mocha.addFile(file);
  if (!parallel) await mocha.loadFilesAsync();
  const perFile = new Map<string, Tally>();
  const tally = await new Promise<Tally>((resolve) => {
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 });
    });
    const count = (event: 'pass' | 'fail' | 'pending', one: Tally): void => {
      runner.on(event, (test: Mocha.Test) => {
        const file = test.file ?? test.parent?.file ?? '';
        perFile.set(file, addTallies(perFile.get(file) ?? NO_TESTS, one));
      });
    };
    count('pass', { ...NO_TESTS, passed: 1 });
    count('fail', { ...NO_TESTS, failed: 1 });
    count('pending', { ...NO_TESTS, skipped: 1 });
  });
  const failedFiles = [...perFile].filter(([, one]) => one.failed > 0).map(([file, one]) => ({ ...one, file }));
  writeRunResult(resultFile, { tally, failedFiles });
  return tally;
}
