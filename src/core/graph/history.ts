import type { StoredCommit } from '../model/commit.js';
import type { Commits } from './ancestry.js';
import { commitOf, isOnLine, lastHeldOnLine } from './ancestry.js';

/**
 * The commits of `L(tip)` that are not in the history of `base`, in the order of SPEC §5:
 * `L(c) = L(first parent) ++ (L(other parents) not yet seen) ++ c`. With `base` null: all of `L(tip)`. O(result · log n).
 */
export function commitsBetween(store: Commits, tip: StoredCommit, base: StoredCommit | null): readonly StoredCommit[] {
  return sideCommits(store, [tip.commitHash], base);
}

/**
 * Sorts commits of the history of `head` as the fold takes them (SPEC §5): what comes last has the last word. Commits of the
 * first-parent line cost O(log n) each; others need the whole history, which is read once.
 */
export function foldOrder(
  store: Commits,
  head: StoredCommit,
): (commits: readonly StoredCommit[]) => readonly StoredCommit[] {
  let places: ReadonlyMap<string, number> | undefined;
  const placeOf = ({ commitHash }: StoredCommit): number => places?.get(commitHash) ?? -1;
  return (commits) => {
    if (commits.length < 2) return commits;
    if (commits.every((commit) => isOnLine(store, commit, head))) return commits.toSorted((a, b) => a.depth - b.depth);
    places ??= new Map(commitsBetween(store, head, null).map((commit, place) => [commit.commitHash, place]));
    return commits.toSorted((a, b) => placeOf(a) - placeOf(b));
  };
}

/** The block that a merge adds to its first parent's history: everything its other parents bring (SPEC §5). */
export function mergedBlock(store: Commits, merge: StoredCommit): readonly StoredCommit[] {
  return sideCommits(store, merge.extraParents, merge.parentHash === null ? null : commitOf(store, merge.parentHash));
}

function sideCommits(store: Commits, tips: readonly string[], base: StoredCommit | null): StoredCommit[] {
  const emitted = new Set<string>();
  const result: StoredCommit[] = [];
  // Explicit stack: nested merges may be deeper than the call stack.
  const stack: { readonly line: readonly StoredCommit[]; next: number; parent: number }[] = [];
  const open = (hash: string) => {
    const line = unseenLine(store, commitOf(store, hash), base, emitted);
    if (line.length > 0) stack.push({ line, next: 0, parent: 0 });
  };
  for (const tip of tips) {
    open(tip);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const commit = frame.line[frame.next];
      if (!commit) {
        stack.pop();
        continue;
      }
      const side = commit.extraParents[frame.parent];
      if (side !== undefined) {
        frame.parent++;
        open(side);
        continue;
      }
      if (!emitted.has(commit.commitHash)) {
        emitted.add(commit.commitHash);
        result.push(commit);
      }
      frame.next++;
      frame.parent = 0;
    }
  }
  return result;
}

/** The first-parent line of `tip`, oldest first, down to what `base` holds or what was already emitted. */
function unseenLine(
  store: Commits,
  tip: StoredCommit,
  base: StoredCommit | null,
  emitted: ReadonlySet<string>,
): readonly StoredCommit[] {
  const held = base === null ? undefined : lastHeldOnLine(store, tip, base);
  const minDepth = held ? held.depth + 1 : 0;
  if (minDepth > tip.depth) return [];
  const line: StoredCommit[] = [];
  for (const commit of lineOf(store, tip.commitHash, minDepth)) {
    if (emitted.has(commit.commitHash)) break;
    line.push(commit);
  }
  return line.reverse();
}

/** The nearest ancestors are asked for most, so pages start small and grow. */
const FIRST_PAGE = 4;
const LARGEST_PAGE = 1_024;

/** `from` and its first-parent ancestors, newest first. */
export function* lineOf(store: Commits, from: string, minDepth = 0): Generator<StoredCommit> {
  for (const page of linePages(store, from, minDepth)) yield* page;
}

/** The same, page by page as they are read. */
export function* linePages(store: Commits, from: string, minDepth = 0): Generator<readonly StoredCommit[]> {
  let limit = FIRST_PAGE;
  for (let at: string | null = from; at !== null; limit = Math.min(limit * 4, LARGEST_PAGE)) {
    const page: readonly StoredCommit[] = store.line(at, limit, minDepth);
    yield page;
    const last = page.at(-1);
    at = last && page.length === limit && last.depth > minDepth ? last.parentHash : null;
  }
}

export interface HistoryEntry {
  readonly commit: StoredCommit;
  /** Passed to `walkBack` to go on after this commit. */
  readonly cursor: string;
}

/**
 * History newest first, along the graph (SPEC §8 log): the reverse of `L(head)`. Resumes after `cursor`, which an earlier walk's
 * entry carried. Lazy: a page costs what it shows.
 */
export function* walkBack(store: Commits, head: string, cursor?: string): Generator<HistoryEntry> {
  let start: string | null = head;
  if (cursor !== undefined) {
    const [onLine = '', inBlock] = cursor.split('/');
    const at = commitOf(store, onLine);
    yield* blockEntries(store, at, inBlock);
    start = at.parentHash;
  }
  if (start === null) return;
  for (const commit of lineOf(store, start)) {
    yield { commit, cursor: commit.commitHash };
    yield* blockEntries(store, commit);
  }
}

function* blockEntries(store: Commits, merge: StoredCommit, after?: string): Generator<HistoryEntry> {
  if (merge.extraParents.length === 0) return;
  const block = [...mergedBlock(store, merge)].reverse();
  const from = after === undefined ? 0 : block.findIndex((commit) => commit.commitHash === after) + 1;
  for (const commit of block.slice(from)) yield { commit, cursor: `${merge.commitHash}/${commit.commitHash}` };
}
