import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { closingLine, type Tally } from './closing-line.js';

export interface MochaRun {
  readonly files: readonly string[];
  /** Milliseconds a single test may take. */
  readonly timeout: number;
  /** Processes that share the files. 1, the default: this one, which an extension host and a browser need. */
  readonly jobs?: number;
  /** Gets the closing line once the run has come to its end: the proof that nothing cut it off. */
  readonly resultFile: string;
}

/** Runs test files with mocha in this process; output goes where mocha's reporter writes. */
export async function runMocha({ files, timeout, resultFile, jobs = 1 }: MochaRun): Promise<Tally> {
  const parallel = jobs > 1;
  const forbidOnly = process.env['CI'] !== undefined;
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout, forbidOnly, parallel, jobs });
  for (const file of files) mocha.addFile(file);
  if (!parallel) await mocha.loadFilesAsync();
  const tally = await new Promise<Tally>((resolve) => {
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 });
    });
  });
  appendFileSync(resultFile, `${closingLine(tally)}\n`);
  return tally;
}
