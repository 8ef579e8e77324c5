import { commitOf, isAncestor, mergeBase } from '../graph/ancestry.js';
import { commitsBetween } from '../graph/history.js';
import type { Content } from '../model/content.js';
import { RebaseError } from '../model/errors.js';
import { TAGS } from '../model/refs.js';
import { moveHead, rememberPosition, requireAttached } from './head.js';
import { replay } from './replay.js';
import type { Scope } from './scope.js';

export interface RebaseResult {
  readonly replayed: number;
  readonly head: string;
}

/**
 * Replays the current branch's commits since the merge base onto another commit (SPEC §9.3): contents of messages and edits keep
 * their hashes, payloads that name replayed commits are retargeted, tags follow.
 * @throws RebaseError for merges in the range or an empty branch, DetachedHeadError; nothing is changed then
 */
export async function rebase(scope: Scope, onto: string): Promise<RebaseResult> {
  const { tx, tractId } = scope;
  const from = requireAttached(scope, 'rebase');
  if (from.hash === null) throw new RebaseError('There is nothing to rebase: the branch has no commits yet.');
  const head = commitOf(tx, from.hash);
  const target = commitOf(tx, onto);
  if (isAncestor(tx, target, head)) return { replayed: 0, head: head.commitHash };
  const commits = commitsBetween(tx, head, mergeBase(tx, head, target) ?? null);
  const merge = commits.find((commit) => commit.extraParents.length > 0);
  if (merge)
    throw new RebaseError(
      `Cannot rebase: ${merge.commitHash.slice(0, 8)} is a merge. Rebase replays straight lines only; merge instead. Nothing was changed.`,
    );
  const contents = await tx.contents(commits.map((commit) => commit.contentHash));
  const replayed = new Map<string, string>();
  let tip = target.commitHash;
  for (const commit of commits) {
    const content = JSON.parse(contents.get(commit.contentHash) ?? '{}') as Content;
    tip = replay(
      scope,
      commit,
      content,
      contents.get(commit.contentHash) ?? '',
      tip,
      (hash) => replayed.get(hash) ?? hash,
    ).commitHash;
    replayed.set(commit.commitHash, tip);
  }
  for (const [ref, hash] of tx.refs(tractId, TAGS)) {
    const moved = replayed.get(hash);
    if (moved !== undefined) tx.put({ kind: 'ref', tractId, name: ref, value: moved });
  }
  tx.put({ kind: 'ref', tractId, name: 'ORIG_HEAD', value: head.commitHash });
  rememberPosition(scope, from, false);
  moveHead(scope, tip);
  return { replayed: commits.length, head: tip };
}
