import { corpora, unbrokenTexts } from './corpora.js';
import { counters, type LoadedCounter } from './counters.js';

export interface TextFigures {
  readonly count: number;
  /** Milliseconds: of the first call, of the best later call, of the median edit. */
  readonly first: number;
  readonly warm: number;
  readonly keystroke: number;
}

export interface Figures {
  /** Milliseconds from nothing to the first count. */
  readonly load: number;
  /** Bytes of heap and buffers more than before, after garbage collection. */
  readonly memory: number;
  /** Null for texts that this counter would take too long for. */
  readonly texts: Readonly<Record<string, TextFigures | null>>;
  /** The slowest of the unbroken texts in milliseconds; 0 for peers, which would take minutes. */
  readonly worst: { readonly title: string; readonly time: number };
}

const [name = '', root = '.'] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(name, root)));

async function measure(name: string, root: string): Promise<Figures> {
  const counter = counters(root)[name];
  if (counter === undefined) throw new Error(`No counter ${name}`);
  const before = usedBytes();
  const start = performance.now();
  const loaded = await counter.load();
  loaded.count('x');
  const load = performance.now() - start;
  const memory = usedBytes() - before;

  const texts: Record<string, TextFigures | null> = {};
  for (const [title, text] of corpora(root)) {
    const longest = title.startsWith("'a'") ? text.length : 0;
    texts[title] = longest > counter.longestPiece ? null : measureText(loaded, text);
  }
  return { load, memory, texts, worst: worstTime(loaded) };
}

function measureText({ count, follow }: LoadedCounter, text: string): TextFigures {
  // A copy of its own, flat as a text that has just been read from a file is.
  const fresh = Buffer.from(text).toString();
  const start = performance.now();
  const tokens = count(fresh);
  const first = performance.now() - start;
  const warm = first > 2_000 ? first : Math.min(...times(7, () => count(fresh)));
  if (follow === undefined) return { count: tokens, first, warm, keystroke: warm };
  const counter = follow(text);
  let offset = text.length >> 1;
  const edits = times(201, () => {
    counter.edit(offset++, 0, 'x');
  });
  return { count: tokens, first, warm, keystroke: edits.sort((a, b) => a - b)[100] ?? NaN };
}

function worstTime({ count, follow }: LoadedCounter): Figures['worst'] {
  let worst = { title: '', time: 0 };
  if (follow === undefined) return worst;
  for (const [title, text] of unbrokenTexts()) {
    const time = Math.min(...times(3, () => count(text)));
    if (time > worst.time) worst = { title, time };
  }
  return worst;
}

function times(runs: number, work: () => unknown): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
