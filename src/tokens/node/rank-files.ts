import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EncodingName } from '../encodings.js';
import type { RankSource } from '../tokenizers.js';

/**
 * Ranks from `<directory>/<encoding>.txt`, the files that the build takes out of js-tiktoken, one per encoding for
 * extension, worker, library and CLI together. Run from source, where there are none, js-tiktoken's own modules are read.
 */
export function rankFiles(directory: string): RankSource {
  return (encoding) => {
    const file = join(directory, `${encoding}.txt`);
    return existsSync(file) ? readFileSync(file, 'latin1') : packageRanks(directory, encoding);
  };
}

/** `bpe_ranks` of the js-tiktoken that is installed in or above the directory. */
export function packageRanks(directory: string, encoding: EncodingName): string {
  const load = createRequire(join(directory, 'ranks.js')) as (id: string) => { readonly bpe_ranks: string };
  return load(`js-tiktoken/ranks/${encoding}`).bpe_ranks;
}
