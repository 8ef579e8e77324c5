/**
 * `npm run bench` runs every benchmark below `test/bench`, `npm run bench -- tokens` those whose name holds "tokens".
 * What they measure is built before. They run in Node 24 (from npm when this one is older), which has `node:sqlite`, a peer.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runNode, typescript } from './test/run-process.js';
import { nodeAtLeast } from './vscode/node-runtime.js';
import { ROOT } from './vscode/paths.js';

const [pattern = '', ...args] = process.argv.slice(2);
const folder = join(ROOT, 'test', 'bench');
const benches = readdirSync(folder).filter((file) => file.endsWith('.bench.ts') && file.includes(pattern));
if (benches.length === 0) {
  console.error(`No benchmark in test/bench is called ${pattern}.`);
  process.exit(1);
}
const { code, output } = await runNode(typescript('build.ts', '--production', '--no-types'), { output: 'keep' });
if (code !== 0) throw new Error(`The build failed, so that there is nothing to measure:\n${output}`);
const node = await nodeAtLeast(24, 0);
for (const file of benches) {
  console.log(`\n── ${file} ──`);
  const { status } = spawnSync(node, ['--expose-gc', '--import', 'tsx', join(folder, file), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
}
