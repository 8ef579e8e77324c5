import {
  checkOptions,
  FLAG,
  FUNCTION,
  OBJECT,
  orNull,
  shownValue,
  SIGNAL,
  type Kind,
} from '../core/model/arguments.js';
import { InvalidArgumentError } from '../core/model/errors.js';
import type { Embedder } from './embedder.js';
import { estimateTokens } from './estimate.js';
import { createLexicalRanker } from './lexical.js';
import { createPacer } from './pacer.js';
import { type FallbackReason, rankSemantically, type VectorCache } from './semantic.js';

/** A file that may go into a context. `path` is workspace-relative, with `/`. */
export interface ContextFile {
  readonly path: string;
  readonly content: string;
}

/** What is asked of {@link selectFilesForContext} (SPEC §12, Annex A). */
export interface SelectionOptions {
  /** Candidates. Entries whose path or content is no string are skipped. */
  readonly files: readonly ContextFile[];
  /** Per exact path: `{category: 'modifiable'}` puts a file before those that are only read. */
  readonly scope?: Readonly<Record<string, { readonly category: string }>>;
  /** Exact paths that must be in; those that name no file are ignored. */
  readonly deliverables?: readonly string[];
  /** What the person wants to do; files are ranked by relevance to it. */
  readonly query?: string;
  /** Whole tokens; 0 and less keep deliverables only. */
  readonly budgetTokens: number;
  /** Rank by meaning, with `embedder`; default false. */
  readonly semantic?: boolean;
  /** Provider calls this selection may make: 0 = none, −1 = any number; default −1 when `semantic`, else 0. */
  readonly callCap?: number;
  readonly embedder?: Embedder | undefined;
  readonly cache?: VectorCache | undefined;
  /** Exact tokens of a text, a whole number ≥ 0. Without it files are estimated. */
  readonly countTokens?: ((text: string) => number) | undefined;
  /** Stops embedding; the selection then falls back to words (`cancelled`). */
  readonly signal?: AbortSignal | undefined;
}

/** `too_big` = larger than the whole budget; `budget_exhausted` = does not fit what is left. */
export type SelectionReason = 'pinned' | 'fit' | 'too_big' | 'budget_exhausted';

export interface FileSelection {
  readonly path: string;
  readonly tokens: number;
  /** Lexical: whole number ≥ 0. Semantic: cosine, −1 … 1. Pinned files are not ranked and have 0. */
  readonly score: number;
  readonly reason: SelectionReason;
}

export interface BudgetSelection {
  /** Pinned files in input order, then the others by rank. */
  readonly kept: readonly ContextFile[];
  /** Paths by rank. */
  readonly omitted: readonly string[];
  readonly usedTokensEst: number;
  readonly budgetTokens: number;
  readonly mode: 'lexical' | 'semantic';
  /** Pinned files alone are more than the budget. */
  readonly overBudget: boolean;
  readonly pinnedTokens: number;
  readonly filesKeptCount: number;
  readonly filesOmittedCount: number;
  /** Every file, in the order in which it was considered. */
  readonly perFile: readonly FileSelection[];
  readonly embedding: {
    readonly hits: number;
    readonly misses: number;
    readonly calls: number;
    readonly capValue: number;
    /** Why the mode is lexical; null when it is semantic. */
    readonly fallbackReason: FallbackReason | null;
  };
}

interface Candidate {
  readonly path: string;
  readonly content: string;
  readonly tokens: number;
  readonly priority: 0 | 1 | 2;
  readonly index: number;
}

/**
 * Chooses which files go into a context under a token budget (SPEC §12): deliverables always, in input order, even over the
 * budget; the rest by priority (modifiable first), relevance (descending), tokens (ascending), input order; first fit,
 * inclusive. Same input, same output. Pauses for the event loop, so thousands of files do not freeze it.
 * Cost: linear in the texts, plus n log n.
 * @throws InvalidArgumentError on a budget that is no whole number, a cap below −1 or not whole, or a wrong argument type
 */
export async function selectFilesForContext(options: SelectionOptions): Promise<BudgetSelection> {
  const callCap = checkSelection(options);
  const { budgetTokens, semantic = false, query = '', embedder, cache } = options;
  const pace = createPacer();

  const candidates = await readCandidates(options, pace);
  const pinned = candidates.filter((file) => file.priority === 0);
  const ranked = candidates.filter((file) => file.priority !== 0);

  const signal = options.signal ?? new AbortController().signal;
  const request = {
    files: ranked,
    query,
    callCap: semantic ? callCap : 0,
    embedder: embedder ?? undefined,
    cache: cache ?? undefined,
    signal,
  };
  const { scores: cosines, hits, misses, calls, fallbackReason } = await rankSemantically(request);
  const scores = cosines ?? (await lexicalScores(ranked, query, pace));
  const order = ranked
    .map((file, i) => ({ file, score: scores[i] ?? 0 }))
    .sort(
      (a, b) =>
        a.file.priority - b.file.priority ||
        b.score - a.score ||
        a.file.tokens - b.file.tokens ||
        a.file.index - b.file.index,
    );

  const kept: ContextFile[] = [];
  const omitted: string[] = [];
  const perFile: FileSelection[] = [];
  let used = 0;
  const keep = ({ path, content, tokens }: Candidate, score: number, reason: 'pinned' | 'fit'): void => {
    kept.push({ path, content });
    perFile.push({ path, tokens, score, reason });
    used += tokens;
  };
  for (const file of pinned) keep(file, 0, 'pinned');
  const pinnedTokens = used;
  for (const { file, score } of order) {
    const { path, tokens } = file;
    if (used + tokens <= budgetTokens) keep(file, score, 'fit');
    else {
      omitted.push(path);
      perFile.push({ path, tokens, score, reason: tokens > budgetTokens ? 'too_big' : 'budget_exhausted' });
    }
  }
  return {
    kept,
    omitted,
    usedTokensEst: used,
    budgetTokens,
    mode: cosines === null ? 'lexical' : 'semantic',
    overBudget: pinned.length > 0 && pinnedTokens > budgetTokens,
    pinnedTokens,
    filesKeptCount: kept.length,
    filesOmittedCount: omitted.length,
    perFile,
    embedding: { hits, misses, calls, capValue: callCap, fallbackReason },
  };
}

const KINDS: Readonly<Record<string, Kind>> = {
  scope: OBJECT,
  semantic: FLAG,
  countTokens: FUNCTION,
  signal: orNull(SIGNAL),
};

/** Checks what callers without types can get wrong; returns the cap in force. */
function checkSelection(options: SelectionOptions): number {
  checkOptions(options, KINDS, 'Nothing was selected.');
  const { budgetTokens, files, deliverables, query, semantic = false } = options;
  const { callCap = semantic ? -1 : 0 }: { readonly callCap?: unknown } = options;
  if (!Array.isArray(files)) throw new InvalidArgumentError('files must be an array of {path, content}.');
  if (!Number.isSafeInteger(budgetTokens)) {
    throw new InvalidArgumentError(`budgetTokens must be a whole number of tokens, got ${shownValue(budgetTokens)}.`);
  }
  if (deliverables !== undefined && !Array.isArray(deliverables)) {
    throw new InvalidArgumentError('deliverables must be an array of paths.');
  }
  if (query !== undefined && typeof query !== 'string') throw new InvalidArgumentError('query must be a string.');
  if (typeof callCap !== 'number' || !Number.isSafeInteger(callCap) || callCap < -1) {
    throw new InvalidArgumentError(
      `callCap must be -1 (unlimited), 0 (no calls) or a whole number of calls, got ${shownValue(callCap)}.`,
    );
  }
  return callCap;
}

async function readCandidates(
  { files, scope = {}, deliverables = [], countTokens = estimateTokens }: SelectionOptions,
  pace: () => Promise<void> | undefined,
): Promise<Candidate[]> {
  const wanted = new Set(deliverables);
  const candidates: Candidate[] = [];
  const entries: readonly unknown[] = files;
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { path, content } = entry as { path?: unknown; content?: unknown };
    if (typeof path !== 'string' || typeof content !== 'string') continue;
    const tokens = countTokens(content);
    if (!Number.isSafeInteger(tokens) || tokens < 0) {
      throw new InvalidArgumentError(`countTokens must give a whole number ≥ 0, gave ${shownValue(tokens)}.`);
    }
    candidates.push({ path, content, tokens, priority: priorityOf(path, wanted, scope), index });
    await pace();
  }
  return candidates;
}

function priorityOf(path: string, deliverables: ReadonlySet<string>, scope: object): 0 | 1 | 2 {
  if (deliverables.has(path)) return 0;
  // Own properties only: a file may be called `constructor`.
  const entry: unknown = Object.getOwnPropertyDescriptor(scope, path)?.value;
  const category = typeof entry === 'object' && entry !== null && 'category' in entry ? entry.category : undefined;
  return category === 'modifiable' ? 1 : 2;
}

async function lexicalScores(
  files: readonly ContextFile[],
  query: string,
  pace: () => Promise<void> | undefined,
): Promise<number[]> {
  const ranker = createLexicalRanker(query);
  const scores: number[] = [];
  for (const { path, content } of files) {
    scores.push(ranker.score(path, content));
    await pace();
  }
  return scores;
}
