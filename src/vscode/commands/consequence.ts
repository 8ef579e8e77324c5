import { commitsBetween } from '../../core/graph/history.js';
import { readHead } from '../../core/operations/head.js';
import { estimatedTokens } from '../../core/compile/render.js';
import type { Store } from '../../core/store.js';
import { fullCount } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import { storedCommit } from '../documents/document-text.js';

/** What a move of HEAD to `to` takes off the branch. */
export interface Consequence {
  readonly commits: number;
  /** Estimated tokens of the context before and after. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** O(commits that leave, and their contexts when not cached). */
export async function consequenceOf(store: Store, tractId: string, to: string): Promise<Consequence> {
  const { storage, env } = store;
  const head = readHead(storage, tractId).hash;
  const tokensAt = async (hash: string | null) =>
    estimatedTokens(await env.compiler.snapshot(storage, hash), env.tokenizer);
  const commits =
    head === null ? 0 : commitsBetween(storage, storedCommit(store, head), storedCommit(store, to)).length;
  return { commits, tokensBefore: await tokensAt(head), tokensAfter: await tokensAt(to) };
}

/** `12 commits (~3,400 tokens)` */
export function describeLoss({ commits, tokensBefore, tokensAfter }: Consequence): string {
  return `${counted(commits, 'commit', 'commits')} (~${fullCount(Math.max(0, tokensBefore - tokensAfter))} tokens)`;
}
