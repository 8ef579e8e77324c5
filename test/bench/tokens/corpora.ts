import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pick, randomSource } from '../../unit/tokens/random-text.js';

const UNITS = 500_000;

/** The ten texts of the benchmark, from installed packages or generated; 500,000 UTF-16 units each but for the last. */
export function corpora(root: string): Map<string, string> {
  const modules = join(root, 'node_modules');
  const read = (...path: string[]): string => readFileSync(join(modules, ...path), 'utf8');
  const sources = join('zod', 'src', 'v4', 'core');
  const typescript = readdirSync(join(modules, sources)).filter((name) => name.endsWith('.ts'));
  const chinese = ['zh-cn', 'zh-tw'].map((locale) =>
    read('typescript', 'lib', locale, 'diagnosticMessages.generated.json'),
  );
  const random = randomSource(5);

  const texts = new Map([
    ['English', readmes(modules)],
    ['TypeScript', typescript.map((name) => read(sources, name)).join('\n')],
    ['JSON', JSON.stringify(rows(random), null, 2)],
    ['minified JSON', JSON.stringify(rows(random))],
    ['Chinese', chinese.map((text) => Object.values(JSON.parse(text) as Record<string, string>).join('')).join('')],
    ['minified JS', read('sql.js', 'dist', 'sql-asm.js')],
    ['base64', base64(random)],
    ['emoji', emoji(random)],
  ]);
  const mixed = [...texts.values()].map((text) => text.slice(UNITS / 2, UNITS / 2 + UNITS / 8)).join('\n');
  texts.set('mixed', mixed);
  for (const [name, text] of texts) texts.set(name, text.slice(0, UNITS));
  return texts.set("'a' × 100k", 'a'.repeat(100_000));
}

/** 100 KB each that no tokenizer's pattern breaks into pieces. */
export function unbrokenTexts(): Map<string, string> {
  const random = randomSource(9);
  const run = (alphabet: string): string =>
    Array.from({ length: 100_000 }, () => pick(random, Array.from(alphabet))).join('');
  const alphabets = [
    'a',
    'ab',
    'abcdefghijklmnopqrstuvwxyz',
    '=',
    '-=',
    '中',
    '的一是不了人我在有他',
    'é',
    ' ',
    '\n',
    '\u0301',
  ];
  return new Map(alphabets.map((alphabet) => [JSON.stringify(alphabet), run(alphabet)]));
}

function readmes(modules: string): string {
  const folders = readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name],
  );
  let text = '';
  for (const folder of folders) {
    if (text.length >= UNITS) break;
    if (folder.startsWith('.')) continue;
    const readme = readdirSync(join(modules, folder)).find((name) => name.toLowerCase() === 'readme.md');
    if (readme !== undefined) text += readFileSync(join(modules, folder, readme), 'utf8');
  }
  return text;
}

function rows(random: () => number): unknown {
  const words = 'alpha beta gamma delta commit branch merge token model prompt answer budget'.split(' ');
  return Array.from({ length: 3_500 }, (_, id) => ({
    id,
    name: `${pick(random, words)}-${pick(random, words)}`,
    hash: Math.floor(random() * 2 ** 48).toString(16),
    score: Math.round(random() * 1e6) / 1e4,
    active: random() < 0.5,
    tags: [pick(random, words), pick(random, words)],
  }));
}

function base64(random: () => number): string {
  return Buffer.from(Uint8Array.from({ length: UNITS }, () => Math.floor(random() * 256))).toString('base64');
}

function emoji(random: () => number): string {
  const joined = ['👩‍👩‍👧', '🏳️‍🌈', '👍🏽', '🇩🇪', '❤️', '1️⃣', '🧑‍💻', ' ', ' ok ', '\n'];
  let text = '';
  while (text.length < UNITS) {
    text += random() < 0.3 ? pick(random, joined) : String.fromCodePoint(0x1f300 + Math.floor(random() * 0x2d0));
  }
  return text;
}
