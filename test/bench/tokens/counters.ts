import { join } from 'node:path';
import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import type { IncrementalCounter } from '../../../src/tokens/incremental-counter.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';

export interface LoadedCounter {
  readonly count: (text: string) => number;
  /** Follows edits; peers have nothing but counting it all again. */
  readonly follow?: (text: string) => IncrementalCounter;
}

export interface MeasuredCounter {
  /** Loads code and ranks; its time and memory are measured up to the first count. */
  readonly load: () => Promise<LoadedCounter>;
  /** Processes to take the best figures of. */
  readonly runs: number;
  /** Longest unbroken piece to ask of it, in units: js-tiktoken would take a quarter of an hour for 100,000. */
  readonly longestPiece: number;
}

/** Where the benchmark puts the rank files. */
export function ranksDirectory(root: string): string {
  return join(root, 'dist', 'bench', 'ranks');
}

/** Tract and its peers, for o200k_base; each is loaded in a process of its own. */
export function counters(root: string): Readonly<Record<string, MeasuredCounter>> {
  return {
    tract: {
      load: () => {
        const tokenizers = new Tokenizers(rankFiles(ranksDirectory(root)));
        return Promise.resolve({
          count: (text) => tokenizers.countTokens(text),
          follow: (text) => tokenizers.createIncrementalCounter(text),
        });
      },
      runs: 2,
      longestPiece: Infinity,
    },
    'js-tiktoken': {
      load: async () => {
        const { getEncoding } = await import('js-tiktoken');
        const encoding = getEncoding('o200k_base');
        return { count: (text) => encoding.encode(text, [], []).length };
      },
      runs: 1,
      longestPiece: 4_000,
    },
    'gpt-tokenizer': {
      load: async () => {
        const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
        return { count: (text) => countTokens(text, { disallowedSpecial: new Set() }) };
      },
      runs: 2,
      longestPiece: Infinity,
    },
    tiktoken: {
      load: async () => {
        const { get_encoding } = await import('tiktoken');
        const encoding = get_encoding('o200k_base');
        return { count: (text) => encoding.encode_ordinary(text).length };
      },
      runs: 2,
      longestPiece: Infinity,
    },
  };
}
