import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';

/** Counts with the ranks of the js-tiktoken that is installed; shared, since loading takes a moment. */
export const tokenizers = new Tokenizers(rankFiles(import.meta.dirname));
