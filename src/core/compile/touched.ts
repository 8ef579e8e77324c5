import { commitOf, isOnLine } from '../graph/ancestry.js';
import type { Commits } from '../graph/ancestry.js';
import { lineOf } from '../graph/history.js';
import type { StoredCommit } from '../model/commit.js';
import type { CompiledMessage } from '../model/context.js';
import { messageOf } from './render.js';
import type { Slot, Snapshot } from './snapshot.js';
import { isVisible, winnerOf } from './snapshot.js';

/** Messages that may differ between two contexts, in context order; all others are the same objects in both. */
export interface Touched {
  readonly before: readonly CompiledMessage[];
  readonly after: readonly CompiledMessage[];
}

/** Beyond so many commits, going through them saves nothing. */
const MAX_COMMITS = 2_000;

/**
 * What the commits from `a` to `b` touched, found from them alone: O(commits between), whatever the length of the history. Null
 * when that cannot be told so: `a` is not behind `b` on its first-parent line, or a merge, compression or reorder lies between.
 */
export function touchedBetween(store: Commits, a: Snapshot, b: Snapshot): Touched | null {
  if (a.head === null || b.head === null || b.order !== null) return null;
  const [from, to] = [commitOf(store, a.head), commitOf(store, b.head)];
  if (to.depth - from.depth > MAX_COMMITS || !isOnLine(store, from, to)) return null;
  const ids = new Set<number>();
  for (const commit of lineOf(store, to.commitHash, from.depth + 1)) {
    if (movesMessages(commit)) return null;
    for (const hash of [commit.commitHash, ...commit.targets]) {
      const id = b.index.get(hash);
      if (id !== undefined) ids.add(id);
    }
  }
  for (const name of directivesOf(ids, a, b))
    for (const snapshot of [a, b]) for (const id of snapshot.directives.get(name) ?? []) ids.add(id);
  const inOrder = [...ids].sort((x, y) => x - y);
  return { before: shown(a, inOrder), after: shown(b, inOrder) };
}

/** The messages of these commits that show under the default options, in the order given. */
export function shownMessages(snapshot: Snapshot, commitHashes: readonly string[]): readonly CompiledMessage[] {
  return shown(
    snapshot,
    commitHashes.flatMap((hash) => snapshot.index.get(hash) ?? []),
  );
}

function movesMessages(commit: StoredCommit): boolean {
  return commit.extraParents.length > 0 || !['append', 'edit', 'annotate'].includes(commit.operation);
}

/** Of messages with one directive name only one shows, so touching one may show or hide another. */
function directivesOf(ids: Iterable<number>, ...snapshots: readonly Snapshot[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const id of ids) {
    for (const { slots } of snapshots) {
      const name = slots.get(id)?.directive ?? null;
      if (name !== null) names.add(name);
    }
  }
  return names;
}

function shown(snapshot: Snapshot, ids: readonly number[]): readonly CompiledMessage[] {
  return ids.flatMap((id) => {
    const slot = snapshot.slots.get(id);
    return slot && shows(snapshot, slot) ? messageOf(slot) : [];
  });
}

function shows(snapshot: Snapshot, slot: Slot): boolean {
  if (slot.directive === null) return isVisible(slot, false);
  return winnerOf(snapshot.slots, snapshot.directives.get(slot.directive) ?? []) === slot;
}
