import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rankFiles } from '../tokens/node/rank-files.js';
import { Tokenizers } from '../tokens/tokenizers.js';

/** Every count of this process: each encoding is loaded once, at its first count. */
export const tokenizers = new Tokenizers(rankFiles(join(dirname(fileURLToPath(import.meta.url)), 'ranks')));
