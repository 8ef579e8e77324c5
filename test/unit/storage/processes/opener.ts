/* Opens a store for reading, reads a page of its log and prints ms and resident MB as JSON. Arguments: folder, wasm file. */
import { readFileSync } from 'node:fs';
import { openNodeStorage } from '../../../../src/storage/node/open.js';

async function main(): Promise<void> {
  const [directory = '', wasmFile = ''] = process.argv.slice(2);
  const start = performance.now();
  const storage = await openNodeStorage({ directory, readOnly: true, wasmBinary: readFileSync(wasmFile) });
  const page = storage.line(storage.ref('t', 'refs/heads/main') ?? '', 100);
  const ms = performance.now() - start;
  const cpu = process.cpuUsage();
  const rss = process.memoryUsage().rss / 2 ** 20;
  console.log(JSON.stringify({ ms, cpu: (cpu.user + cpu.system) / 1000, rss, page: page.length }));
  await storage.close();
}

void main();
