import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENCODINGS } from '../../src/tokens/encodings.js';
import { packageRanks } from '../../src/tokens/node/rank-files.js';
import { ROOT } from '../vscode/paths.js';

/**
 * Writes js-tiktoken's rank data as `<directory>/<encoding>.txt`, the one copy that extension, worker, library and CLI
 * share; `src/tokens/node/rank-files.ts` reads it at the first count. No bundle holds any of it.
 */
export function writeRankFiles(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const encoding of ENCODINGS) writeFileSync(join(directory, `${encoding}.txt`), packageRanks(ROOT, encoding));
}
