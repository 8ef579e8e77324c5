import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** SQLite's code beside the built one; undefined when run from source, where sql.js finds its own. */
export async function wasmBinary(): Promise<Uint8Array | undefined> {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'sql-wasm.wasm');
  return existsSync(file) ? readFile(file) : undefined;
}
