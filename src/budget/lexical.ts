/*
 * Lexical relevance (SPEC §12). Why no search library: MiniSearch, Lunr and FlexSearch score by BM25 or their own
 * weights, which depend on the other files of the corpus, so "a path hit weighs 3, a content hit 1" cannot be had from
 * them; and they index every term of every file, while one selection asks one query once.
 */

const PATH_WEIGHT = 3;
const CONTENT_WEIGHT = 1;

/*
 * One term: a run of capitals that ends before a capitalised word (`HTTP` of `HTTPServer`), a word with at most one leading
 * capital, or capitals to the end. Digits belong to the term they follow (`sha256`). Marks belong to their letter. Anything
 * else, `_`, `-`, `/` and `.` included, separates.
 */
const TERM =
  /\p{Lu}(?:\p{Lu}|\p{M})*(?=\p{Lu}\p{M}*\p{Ll})|[\p{Lu}\p{Lt}]?[\p{Ll}\p{Lm}\p{Lo}\p{M}]+\p{Nd}*|\p{Lu}(?:\p{Lu}|\p{M})*\p{Nd}*|\p{Lt}\p{Nd}*|\p{Nd}+/gu;
const NON_ASCII = /[^\0-\x7f]/;

/**
 * Full case folding as far as JavaScript has it: `Straße` and `STRASSE` fold alike, and so do the two small sigmas.
 * Works code point by code point, so the fold of a part is part of the fold of the whole; {@link LexicalRanker} uses that.
 */
export function foldCase(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase();
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

const normalise = (text: string): string => (NON_ASCII.test(text) ? text.normalize('NFC') : text);

/** The distinct terms of a text: camelCase, snake_case and kebab-case are split, Unicode letters kept, case folded. */
export function terms(text: string): Set<string> {
  const found = new Set<string>();
  for (const [term] of normalise(text).matchAll(TERM)) found.add(foldCase(term));
  return found;
}

/** Scores files against one query. */
export interface LexicalRanker {
  /** 3 × distinct query terms among the path's + 1 × distinct query terms among the content's: a whole number ≥ 0. */
  score(path: string, content: string): number;
}

/**
 * Makes the ranker of one query. An empty query scores every file 0. A file costs a native substring search per query
 * term; it is only split into terms when a query term occurs in it, and only until all of them are found.
 */
export function createLexicalRanker(query: string): LexicalRanker {
  const wanted = [...terms(query)];
  const hits = (raw: string): number => {
    if (wanted.length === 0) return 0;
    const text = normalise(raw);
    const folded = foldCase(text);
    const open = new Set(wanted.filter((term) => folded.includes(term)));
    const candidates = open.size;
    if (candidates === 0) return 0;
    for (const [term] of text.matchAll(TERM)) {
      if (open.delete(foldCase(term)) && open.size === 0) break;
    }
    return candidates - open.size;
  };
  return { score: (path, content) => PATH_WEIGHT * hits(path) + CONTENT_WEIGHT * hits(content) };
}
