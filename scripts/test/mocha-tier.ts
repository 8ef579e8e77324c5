/** Runs the mocha tests below one folder of `test/`: `mocha-tier.ts FOLDER TIMEOUT RESULT_FILE [PATTERN…]`. */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../vscode/paths.js';
import { runMocha } from './run-mocha.js';

const [folder = '', timeout = '', resultFile = '', ...patterns] = process.argv.slice(2);
const files = readdirSync(join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
  .sort()
  .map((file) => join(ROOT, 'test', folder, file))
  .filter((file) => file.endsWith('.test.ts') && patterns.some((pattern) => file.includes(pattern)));
const jobs = folder === 'unit' ? availableParallelism() : 1;
const { failed } = await runMocha({ files, timeout: Number(timeout), resultFile, jobs });
// Exits also when a test left a timer or a socket behind; the failures are already counted.
process.exit(failed > 0 ? 1 : 0);
