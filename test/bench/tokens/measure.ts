import { join } from 'node:path';
import { rankFiles } from '../../../src/tokens/node/rank-files.js';
import { Tokenizers } from '../../../src/tokens/tokenizers.js';
import { corpora } from './corpora.js';
import { counters, ranksDirectory, type Count } from './counters.js';

export interface TextFigures {
  readonly count: number;
  /** Milliseconds; medians but for the first. */
  readonly first: number;
  readonly warm: number;
  readonly keystroke: number;
}

export interface Figures {
  /** Milliseconds from nothing to the first count. */
  readonly load: number;
  /** Bytes of heap and buffers more than before, after garbage collection. */
  readonly memory: number;
  /** Null for texts that this counter would take many minutes for. */
  readonly texts: Readonly<Record<string, TextFigures | null>>;
}

const [name = '', root = '.'] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(name, root)));

async function measure(name: string, root: string): Promise<Figures> {
  const counter = counters(ranksDirectory(root))[name];
  if (counter === undefined) throw new Error(`No counter ${name}`);
  const before = usedBytes();
  const start = performance.now();
  const count = await counter.load();
  count('x');
  const load = performance.now() - start;
  const memory = usedBytes() - before;

  const texts: Record<string, TextFigures | null> = {};
  for (const [title, text] of corpora(root)) {
    const longest = title.startsWith("'a'") ? text.length : 0;
    texts[title] = longest > counter.longestPiece ? null : measureText(count, text, name === 'tract', root);
  }
  return { load, memory, texts };
}

function measureText(count: Count, text: string, isTract: boolean, root: string): TextFigures {
  // A copy of its own, as a text that has just been read from a file is.
  const fresh = Buffer.from(text).toString();
  const start = performance.now();
  const tokens = count(fresh);
  const first = performance.now() - start;
  const warm = first > 2_000 ? first : median(5, () => count(fresh));
  return { count: tokens, first, warm, keystroke: isTract ? keystroke(text, root) : warm };
}

/** Typing in the middle of the text; peers have nothing but counting it all again. */
function keystroke(text: string, root: string): number {
  const counter = new Tokenizers(rankFiles(join(root, 'dist', 'bench', 'ranks'))).createIncrementalCounter(text);
  let offset = text.length >> 1;
  return median(201, () => {
    counter.edit(offset++, 0, 'x');
  });
}

function median(runs: number, work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[runs >> 1] ?? NaN;
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
