import { join } from 'node:path';
import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';

export type Count = (text: string) => number;

export interface MeasuredCounter {
  /** Loads code and ranks; its time and memory are measured up to the first count. */
  readonly load: () => Promise<Count>;
  /** Longest unbroken piece this counter can be asked to count, in units: quadratic ones would take many minutes. */
  readonly longestPiece: number;
}

/** Tract and its peers, for o200k_base; each is loaded in a process of its own. */
export function counters(ranks: string): Readonly<Record<string, MeasuredCounter>> {
  return {
    tract: {
      load: () => {
        const tokenizers = new Tokenizers(rankFiles(ranks));
        return Promise.resolve((text) => tokenizers.countTokens(text));
      },
      longestPiece: Infinity,
    },
    'js-tiktoken': {
      load: async () => {
        const { getEncoding } = await import('js-tiktoken');
        const encoding = getEncoding('o200k_base');
        return (text) => encoding.encode(text, [], []).length;
      },
      longestPiece: 4_000,
    },
    'gpt-tokenizer': {
      load: async () => {
        const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
        return (text) => countTokens(text, { disallowedSpecial: new Set() });
      },
      longestPiece: Infinity,
    },
    tiktoken: {
      load: async () => {
        const { get_encoding } = await import('tiktoken');
        const encoding = get_encoding('o200k_base');
        return (text) => encoding.encode_ordinary(text).length;
      },
      longestPiece: Infinity,
    },
  };
}

export function ranksDirectory(root: string): string {
  return join(root, 'dist', 'bench', 'ranks');
}
