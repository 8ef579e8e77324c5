import { CommitNotFoundError } from '../model/errors.js';
import type { StoredCommit } from '../model/commit.js';
import type { ObjectStore } from '../ports/storage.js';

/** What graph questions need of a store. */
export type Commits = Pick<ObjectStore, 'commit' | 'line'>;

/** The commit, which must be there: its hash comes from another commit or a ref. */
export function commitOf(store: Commits, hash: string): StoredCommit {
  const commit = store.commit(hash);
  if (!commit) throw new CommitNotFoundError(hash);
  return commit;
}

export function parentsOf(commit: StoredCommit): readonly string[] {
  return commit.parentHash === null ? commit.extraParents : [commit.parentHash, ...commit.extraParents];
}

/**
 * The graph fields of a new commit. The jump pointer is Myers' skew-binary one: it lets a first-parent ancestor at any depth be
 * found in O(log n) steps with one extra field a commit.
 */
export function graphFields(
  store: Commits,
  hash: string,
  parentHash: string | null,
  extraParents: readonly string[],
): Pick<StoredCommit, 'depth' | 'generation' | 'jump' | 'lastMerge'> {
  const parents = parentHash === null ? [] : [parentHash, ...extraParents].map((parent) => commitOf(store, parent));
  const first = parents[0];
  if (!first) return { depth: 0, generation: 1, jump: null, lastMerge: null };
  const jumped = first.jump === null ? undefined : commitOf(store, first.jump);
  const further = jumped?.jump == null ? undefined : commitOf(store, jumped.jump);
  const equalLeaps = jumped && further && first.depth - jumped.depth === jumped.depth - further.depth;
  return {
    depth: first.depth + 1,
    generation: 1 + Math.max(...parents.map((parent) => parent.generation)),
    jump: equalLeaps ? further.commitHash : first.commitHash,
    lastMerge: extraParents.length > 0 ? hash : first.lastMerge,
  };
}

/** The first-parent ancestor of `from` at `depth` (0 = root), or undefined when `from` is not that deep. O(log n). */
export function ancestorAtDepth(store: Commits, from: StoredCommit, depth: number): StoredCommit | undefined {
  if (depth < 0 || depth > from.depth) return undefined;
  let at = from;
  while (at.depth > depth) {
    const jump = at.jump === null ? undefined : commitOf(store, at.jump);
    at = jump && jump.depth >= depth ? jump : commitOf(store, at.parentHash ?? '');
  }
  return at;
}

/** Whether `ancestor` is `from` or on its first-parent line. O(log n). */
export function isOnLine(store: Commits, ancestor: StoredCommit, from: StoredCommit): boolean {
  return ancestorAtDepth(store, from, ancestor.depth)?.commitHash === ancestor.commitHash;
}

/** Whether `ancestor` is `from` or reachable from it by any parents. O(log n) per merge passed. */
export function isAncestor(store: Commits, ancestor: StoredCommit, from: StoredCommit): boolean {
  const seen = new Set<string>();
  const pending = [from];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (ancestor.generation > at.generation) continue;
    if (isOnLine(store, ancestor, at)) return true;
    for (const merge of mergesOnLine(store, at)) {
      if (merge.generation <= ancestor.generation || seen.has(merge.commitHash)) break;
      seen.add(merge.commitHash);
      for (const parent of merge.extraParents) pending.push(commitOf(store, parent));
    }
  }
  return false;
}

/** The merges on a commit's first-parent line, newest first: only they lead off the line. */
function* mergesOnLine(store: Commits, from: StoredCommit): Generator<StoredCommit> {
  for (let at: StoredCommit | undefined = from; at?.lastMerge != null;) {
    const merge = commitOf(store, at.lastMerge);
    yield merge;
    at = merge.parentHash === null ? undefined : commitOf(store, merge.parentHash);
  }
}

/** A best common ancestor: the one of largest generation. Undefined for unrelated histories. O(log² n) per merge passed. */
export function mergeBase(store: Commits, a: StoredCommit, b: StoredCommit): StoredCommit | undefined {
  let best: StoredCommit | undefined;
  const seen = new Set<string>();
  const pending = [b];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const held = lastHeldOnLine(store, at, a);
    if (held && held.generation > (best?.generation ?? 0)) best = held;
    for (const merge of mergesOnLine(store, at)) {
      if (merge.generation <= (best?.generation ?? 0) || seen.has(merge.commitHash)) break;
      seen.add(merge.commitHash);
      for (const parent of merge.extraParents) pending.push(commitOf(store, parent));
    }
  }
  return best;
}

/** The newest commit of `from`'s first-parent line that is an ancestor of `of`: being held is monotone along it, so bisect. */
export function lastHeldOnLine(store: Commits, from: StoredCommit, of: StoredCommit): StoredCommit | undefined {
  let low = -1;
  let high = from.depth;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const commit = ancestorAtDepth(store, from, middle);
    if (commit && isAncestor(store, commit, of)) low = middle;
    else high = middle - 1;
  }
  return ancestorAtDepth(store, from, low);
}
