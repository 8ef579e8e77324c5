import { lineOf } from '../graph/history.js';
import type { Environment } from '../environment.js';
import type { Commit } from '../model/commit.js';
import type { Reads } from '../transaction.js';
import { unseenTokens } from '../compile/unseen.js';
import { contextLimit } from './budget.js';
import { effectiveStates, toCommit } from './effective-state.js';
import { readHead } from './head.js';

export interface Status {
  readonly head: string | null;
  readonly branch: string | null;
  readonly detached: boolean;
  /** Messages of the compiled context. */
  readonly commitCount: number;
  readonly tokenCount: number;
  readonly tokenSource: string;
  /** Estimated tokens that no commit holds (Annex B.10); 0 when HEAD itself has a report. */
  readonly unseenTokens: number;
  readonly budget: { readonly maxTokens: number; readonly reserveOutput: number; readonly action: string } | null;
  /** The last 3 commits, newest first. */
  readonly recent: readonly Commit[];
  /** `main @ 08e33a3e | 2 commits | 16/100 (16%) tokens` */
  readonly text: string;
}

const RECENT = 3;

/** Where HEAD stands and what its context costs (SPEC §8). */
export async function status(store: Reads, tractId: string, env: Environment): Promise<Status> {
  const head = readHead(store, tractId);
  const context = await env.compiler.compile(store, head.hash);
  const recent = await recentCommits(store, env, head.hash);
  const max = contextLimit(env);
  const reserveOutput = env.budget?.reserveOutput ?? 0;
  const budget =
    max === null ? null : { maxTokens: max + reserveOutput, reserveOutput, action: env.budget?.action ?? 'warn' };
  const reported = context.tokenSource.startsWith('api:');
  return {
    head: head.hash,
    branch: head.branch,
    detached: head.detached,
    commitCount: context.commitCount,
    tokenCount: context.tokenCount,
    tokenSource: context.tokenSource,
    unseenTokens: reported ? 0 : await unseenTokens(env.compiler, store, head.hash, env.tokenizer),
    budget,
    recent,
    text: statusText(head, context.commitCount, context.tokenCount, budget?.maxTokens ?? null),
  };
}

async function recentCommits(store: Reads, env: Environment, head: string | null): Promise<readonly Commit[]> {
  const recent: Commit[] = [];
  if (head === null) return recent;
  const stateOf = await effectiveStates(store, env, head);
  for (const commit of lineOf(store, head)) {
    const { priority } = await stateOf(commit);
    if (recent.push(toCommit(commit, priority)) === RECENT) break;
  }
  return recent;
}

function statusText(
  head: { hash: string | null; branch: string | null; detached: boolean },
  commits: number,
  tokens: number,
  max: number | null,
): string {
  const place =
    head.hash === null
      ? 'No commits yet'
      : `${head.detached ? 'HEAD (detached)' : (head.branch ?? '')} @ ${head.hash.slice(0, 8)}`;
  const share = max === null ? `${tokens} tokens` : `${tokens}/${max} (${Math.round((tokens / max) * 100)}%) tokens`;
  return `${place} | ${commits} commit${commits === 1 ? '' : 's'} | ${share}`;
}
