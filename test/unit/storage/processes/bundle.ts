import { build } from 'esbuild';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Makes one plain script of a test program, so that hundreds of processes start in the time that a few with a loader take. */
export async function bundleProgram(name: string): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'tract-program-')), `${name}.cjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
  });
  return outfile;
}

export const WASM_FILE = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export function wasmBinary(): Promise<Uint8Array> {
  return readFile(WASM_FILE);
}
