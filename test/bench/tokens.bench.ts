import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeRankFiles } from '../../scripts/build/rank-files.js';
import { counters, ranksDirectory } from './tokens/counters.js';
import type { Figures, TextFigures } from './tokens/measure.js';

/**
 * Counting text against every JavaScript tokenizer on ten texts, o200k_base (issue 5). Prints milliseconds and ratios;
 * fails only when two counters disagree.
 */
const root = join(import.meta.dirname, '..', '..');
const child = join(root, 'dist', 'bench', 'measure-tokens.mjs');
const PEERS = ['js-tiktoken', 'gpt-tokenizer', 'tiktoken'];

writeRankFiles(ranksDirectory(root));
await build({
  entryPoints: [join(root, 'test', 'bench', 'tokens', 'measure.ts')],
  outfile: child,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});

const ours = measure('tract');
const peers = new Map(PEERS.map((name) => [name, measure(name)]));

const columns: (keyof TextFigures)[] = ['first', 'warm', 'keystroke'];
const gains = new Map(columns.map((column) => [column, [] as number[]]));
for (const [title, own] of Object.entries(ours.texts)) {
  if (own === null) continue;
  const others = [...peers].flatMap(([name, { texts }]) => (texts[title] ? [{ name, ...texts[title] }] : []));
  const differing = others.filter((other) => other.count !== own.count);
  if (differing.length > 0) throw new Error(`${title}: ${own.count} tokens, but ${JSON.stringify(differing)}`);
  const cells = columns.map((column) => {
    const best = Math.min(...others.map((other) => other[column]));
    gains.get(column)?.push(best / own[column]);
    return `${column} ${milliseconds(own[column])} against ${milliseconds(best)} = ${ratio(best / own[column])}`;
  });
  console.log(`${title.padEnd(14)} ${String(own.count).padStart(7)} tokens  ${cells.join('   ')}`);
}
for (const column of columns) {
  console.log(
    `${column}: ${ratio(geometricMean(gains.get(column) ?? []))} the best peer (geometric mean over the texts)`,
  );
}
console.log(`worst unbroken 100 KB: ${ours.worst.title}, ${milliseconds(ours.worst.time)}`);
for (const [name, figures] of [['tract', ours] as const, ...peers]) {
  console.log(`${name.padEnd(14)} load ${milliseconds(figures.load)}, memory ${(figures.memory / 1e6).toFixed(1)} MB`);
}

/** The best figures of the counter's runs, each in a process of its own. */
function measure(name: string): Figures {
  const runs = Array.from({ length: counters(root)[name]?.runs ?? 1 }, () => {
    const out = execFileSync(process.execPath, ['--expose-gc', child, name, root], { encoding: 'utf8' });
    return JSON.parse(out) as Figures;
  });
  return runs.reduce((best, run) => ({
    load: Math.min(best.load, run.load),
    memory: Math.min(best.memory, run.memory),
    worst: run.worst.time < best.worst.time ? run.worst : best.worst,
    texts: Object.fromEntries(
      Object.entries(run.texts).map(([title, text]) => [title, lower(best.texts[title] ?? null, text)]),
    ),
  }));
}

function lower(a: TextFigures | null, b: TextFigures | null): TextFigures | null {
  if (a === null || b === null) return b;
  return {
    count: b.count,
    first: Math.min(a.first, b.first),
    warm: Math.min(a.warm, b.warm),
    keystroke: Math.min(a.keystroke, b.keystroke),
  };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 1)} ms`;
}

function ratio(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}×`;
}
