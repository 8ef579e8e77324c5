import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { bundleProgram } from '../../support/programs.js';

/** The program of the snapshot thread, as the build makes it. */
export async function bundleSnapshotWorker(): Promise<URL> {
  return pathToFileURL(await bundleProgram(new URL('../../../../src/storage/node/worker.ts', import.meta.url)));
}

export const WASM_FILE = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export function wasmBinary(): Promise<Uint8Array> {
  return readFile(WASM_FILE);
}
