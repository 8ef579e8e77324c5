/**
 * `npm run bench [-- NAME …]` runs `test/bench/NAME.bench.ts`, all of them without a name. Each prints its own ratios.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './vscode/paths.js';

const SUFFIX = '.bench.ts';
const folder = join(ROOT, 'test', 'bench');
const known = readdirSync(folder).flatMap((file) => (file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : []));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n${name}`);
  await import(pathToFileURL(join(folder, name + SUFFIX)).href);
}
