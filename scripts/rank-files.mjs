import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ENCODINGS = ['o200k_base', 'cl100k_base'];

/**
 * Writes js-tiktoken's rank data as `<directory>/<encoding>.txt`, which `src/tokens/node/rank-files.ts` reads: the one
 * copy that extension, worker and library share.
 */
export async function writeRankFiles(directory) {
  const require = createRequire(import.meta.url);
  await mkdir(directory, { recursive: true });
  for (const encoding of ENCODINGS) {
    await writeFile(join(directory, `${encoding}.txt`), require(`js-tiktoken/ranks/${encoding}`).bpe_ranks);
  }
}
