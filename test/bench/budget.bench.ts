/*
 * Selection over 5,000 files (issue 7): lexical, warm semantic, and lexical against a plain peer that splits every file into
 * terms. Why the ranker is ours and not a search library's is said in src/budget/lexical.ts. Run with
 * `npm run bench -- budget`; prints milliseconds and ratios, asserts nothing.
 */
import { EmbeddingCache } from '../../src/budget/embedding-cache.js';
import { terms } from '../../src/budget/lexical.js';
import { selectFilesForContext, type ContextFile } from '../../src/budget/selection.js';

const WORDS = 'get user name login form token cache commit branch merge render value index while return const'.split(
  ' ',
);
const QUERY = 'login form of the user tokenCache';

/** 5,000 files of about 8 KB, always the same. */
function makeFiles(): ContextFile[] {
  let seed = 42;
  const next = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const word = (): string => WORDS[next(WORDS.length)] ?? '';
  return Array.from({ length: 5000 }, (_, i) => ({
    path: `src/${word()}/${word()}-${i}.ts`,
    content: Array.from({ length: 1100 }, () => `${word()}${next(4) === 0 ? '\n' : '_'}${word().slice(0, 2)}`).join(
      ' ',
    ),
  }));
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; stall: number; result: T }> {
  let last = performance.now();
  let stall = 0;
  const beat = setInterval(() => {
    stall = Math.max(stall, performance.now() - last);
    last = performance.now();
  }, 1);
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  clearInterval(beat);
  return { ms, stall, result };
}

const files = makeFiles();
const options = { files, query: QUERY, budgetTokens: 200_000 };
const cache = await EmbeddingCache.open(null);
const embedder = {
  id: 'bench/256',
  model: 'bench',
  dimensions: 256,
  embed: (texts: string[]) =>
    Promise.resolve(texts.map((text) => Array.from({ length: 256 }, (_, i) => text.charCodeAt(i % text.length) % 13))),
};
const semantic = { ...options, semantic: true, embedder, cache };

const lexical = await timed(() => selectFilesForContext(options));
const peer = await timed(() => {
  const wanted = [...terms(QUERY)];
  return files.map(({ path, content }) => {
    const [inPath, inContent] = [terms(path), terms(content)];
    return wanted.reduce((sum, term) => sum + (inPath.has(term) ? 3 : 0) + (inContent.has(term) ? 1 : 0), 0);
  });
});
const cold = await timed(() => selectFilesForContext(semantic));
const warm = await timed(() => selectFilesForContext(semantic));

const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
console.log(`5,000 files, ${(bytes / 1e6).toFixed(1)} MB`);
for (const [name, run] of Object.entries({ lexical, cold, warm })) {
  const { mode, embedding, filesKeptCount } = run.result;
  console.log(
    `${name.padEnd(8)} ${run.ms.toFixed(0)} ms, longest stall ${run.stall.toFixed(0)} ms, ${mode}, ` +
      `kept ${filesKeptCount}, calls ${embedding.calls}`,
  );
}
console.log(
  `lexical is ${(peer.ms / lexical.ms).toFixed(1)}× faster than splitting every file (${peer.ms.toFixed(0)} ms)`,
);
