import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { closingLine, type Tally } from './closing-line.js';

export interface MochaRun {
  readonly files: readonly string[];
  /** Milliseconds a single test may take. */
  readonly timeout: number;
  /** Gets the closing line once the run has come to its end: the proof that nothing cut it off. */
  readonly resultFile: string;
}

/** Runs test files with mocha in this process; output goes where mocha's reporter writes. */
export async function runMocha({ files, timeout, resultFile }: MochaRun): Promise<Tally> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout, forbidOnly: process.env['CI'] !== undefined });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const tally = await new Promise<Tally>((resolve) => {
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 });
    });
  });
  appendFileSync(resultFile, `${closingLine(tally)}\n`);
  return tally;
}
