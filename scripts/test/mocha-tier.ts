/** Runs the mocha tests below one folder of `test/`: `mocha-tier.ts FOLDER JOBS TIMEOUT RESULT_FILE [PATTERN…]`. */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ROOT } from '../vscode/paths.js';
import { runMocha } from './run-mocha.js';

/**
 * What comes first of a tier, by the beginnings of paths. Unit tests that start many processes: to start one takes time with
 * what its parent has grown to, here ten times as long at 300 MB as in the beginning.
 */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  unit: ['ops', 'cli', 'storage'].map((name) => `${name}${sep}`),
};

const [folder = '', jobs = '', timeout = '', resultFile = '', ...patterns] = process.argv.slice(2);

/** The place of a test file among those; all others are last. */
function turn(file: string): number {
  const first = FIRST[folder] ?? [];
  const place = first.findIndex((beginning) => file.startsWith(beginning));
  return place === -1 ? first.length : place;
}

const files = readdirSync(join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
  .sort()
  .sort((a, b) => turn(a) - turn(b))
  .map((file) => join(ROOT, 'test', folder, file))
  .filter((file) => file.endsWith('.test.ts') && patterns.some((pattern) => file.includes(pattern)));
const { failed } = await runMocha({ files, timeout: Number(timeout), resultFile, jobs: Number(jobs) });
// Exits also when a test left a timer or a socket behind; the failures are already counted.
process.exit(failed > 0 ? 1 : 0);
