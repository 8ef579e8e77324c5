import { estimatedTokens } from '../compile/render.js';
import { slotOf } from '../compile/snapshot.js';
import type { StoredCommit } from '../model/commit.js';
import { validateContent } from '../model/content.js';
import { CompressionError } from '../model/errors.js';
import type { PatternTest } from '../ports/pattern-test.js';
import type { CompressGroup, CompressPlan, SummaryRole } from './compress-plan.js';
import { moveHead, requireAttached } from './head.js';
import { missedMatches } from './retention.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

export interface CompressResult {
  /** The last compress commit. */
  readonly commit: StoredCommit;
  /** The compress commits, which make the summaries' messages, in context order. */
  readonly summaries: readonly string[];
  readonly sources: readonly string[];
  readonly preserved: readonly string[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/**
 * Replaces each group of a plan by its summary (SPEC §9.4): one compress commit a group, all or none.
 * @throws CompressionError when a summary is empty, misses what it must keep, is not smaller, or a source is no longer there;
 *   DetachedHeadError
 */
export async function compress(
  scope: Scope,
  plan: CompressPlan,
  texts: readonly string[],
  role: SummaryRole = 'assistant',
): Promise<CompressResult> {
  const { tx, env } = scope;
  const head = requireAttached(scope, 'compress');
  const before = await env.compiler.snapshot(tx, head.hash);
  const commits: StoredCommit[] = [];
  let parentHash = head.hash;
  for (const [i, group] of plan.groups.entries()) {
    const text = texts[i] ?? '';
    requireSources(before, group);
    requireKept(group, text, env.testPattern);
    const sources = group.sources.map((slot) => slot.commitHash);
    const content = validateContent({ content_type: 'compression', sources, text, role }, env.types);
    const commit = writeCommit(scope, { operation: 'compress', content, parentHash, targets: sources });
    moveHead(scope, commit.commitHash);
    commits.push(commit);
    parentHash = commit.commitHash;
  }
  const last = commits.at(-1);
  if (!last) throw new CompressionError('Nothing to compress');
  const after = await env.compiler.snapshot(tx, last.commitHash);
  for (const [i, group] of plan.groups.entries()) {
    const summary = slotOf(after, commits[i]?.commitHash ?? '');
    if (summary && summary.tokens >= group.tokens) {
      throw new CompressionError(
        `The summary has ${summary.tokens} tokens and its ${group.sources.length} sources ${group.tokens}: it would not make the context smaller. Nothing was changed.`,
      );
    }
  }
  const tokensBefore = estimatedTokens(before, env.tokenizer);
  const tokensAfter = estimatedTokens(after, env.tokenizer);
  if (tokensAfter >= tokensBefore) {
    throw new CompressionError(
      `The context would have ${tokensAfter} tokens instead of ${tokensBefore}: an earlier directive, which one of these messages overrides, would show again. Nothing was changed.`,
    );
  }
  return {
    commit: last,
    summaries: commits.map((commit) => commit.commitHash),
    sources: plan.groups.flatMap((group) => group.sources.map((slot) => slot.commitHash)),
    preserved: plan.preserved,
    tokensBefore,
    tokensAfter,
  };
}

function requireSources(snapshot: Parameters<typeof slotOf>[0], group: CompressGroup): void {
  for (const { commitHash } of group.sources) {
    const slot = slotOf(snapshot, commitHash);
    if (slot?.hiddenBy !== null)
      throw new CompressionError(
        `${commitHash.slice(0, 8)} is no longer a message of the context. Nothing was changed; try again.`,
      );
  }
}

/** @throws CompressionError when a summary is empty, misses a retention match, or a pattern takes too long */
function requireKept(group: CompressGroup, text: string, testPattern: PatternTest): void {
  if (text.trim() === '') throw new CompressionError('Empty summary');
  const missed = missedMatches(group.match, text, testPattern);
  if (missed.length > 0)
    throw new CompressionError(
      `The summary does not keep: ${missed.map((rule) => `'${rule.slice(0, 80)}'`).join(', ')}. Nothing was changed.`,
    );
}
