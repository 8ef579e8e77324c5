import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { build } from 'esbuild';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Makes one plain script of a test program, so that hundreds of processes start in the time that a few with a loader take. */
export async function bundleProgram(name: string): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'tract-program-')), `${name}.cjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    banner: { js: `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    define: { 'import.meta.url': '__importMetaUrl' },
    logLevel: 'silent',
  });
  return outfile;
}

/** Starts a bundled program. Loaders that this process was started with would take most of its time. */
export function startProgram(program: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
}

/** The program of the snapshot thread, as the build makes it. */
export async function bundleSnapshotWorker(): Promise<URL> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'tract-program-')), 'storage-worker.mjs');
  const names = `import { createRequire } from 'node:module'; import { dirname } from 'node:path';
    import { fileURLToPath, pathToFileURL } from 'node:url'; const require = createRequire(import.meta.url);
    const __filename = fileURLToPath(import.meta.url); const __dirname = dirname(__filename);`;
  await build({
    entryPoints: [fileURLToPath(new URL('../../../../src/storage/node/worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: names },
    logLevel: 'silent',
  });
  return pathToFileURL(outfile);
}

export const WASM_FILE = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export function wasmBinary(): Promise<Uint8Array> {
  return readFile(WASM_FILE);
}
