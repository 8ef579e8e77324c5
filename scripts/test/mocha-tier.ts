/** Runs the mocha tests below one folder of `test/`: `mocha-tier.ts FOLDER TIMEOUT RESULT_FILE [PATTERN…]`. */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { ROOT } from '../vscode/paths.js';
import { runMocha } from './run-mocha.js';

/**
 * Unit tests that start many processes come first: to start one takes time with what its parent has grown to, here ten times
 * as long at 300 MB as in the beginning.
 */
const STARTING_PROCESSES = ['ops', 'cli', 'storage'];

/** The place of a test file's folder among those; all others are last. */
function turn(file: string): number {
  const place = STARTING_PROCESSES.indexOf(file.split(sep)[0] ?? '');
  return place === -1 ? STARTING_PROCESSES.length : place;
}

// A browser's own listener would keep an interrupted run alive.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const [folder = '', timeout = '', resultFile = '', ...patterns] = process.argv.slice(2);
const files = readdirSync(join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
  .sort()
  .sort((a, b) => turn(a) - turn(b))
  .map((file) => join(ROOT, 'test', folder, file))
  .filter((file) => file.endsWith('.test.ts') && patterns.some((pattern) => file.includes(pattern)));
const jobs = folder === 'unit' ? availableParallelism() : 1;
const { failed } = await runMocha({ files, timeout: Number(timeout), resultFile, jobs });
// Exits also when a test left a timer or a socket behind; the failures are already counted.
process.exit(failed > 0 ? 1 : 0);
