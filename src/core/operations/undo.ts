import { NavigationError } from '../model/errors.js';
import type { RefLogEntry } from '../model/refs.js';
import type { RefStore } from '../ports/storage.js';
import type { Scope } from './scope.js';

const PAGE = 64;

/** Newest first, read page by page. */
function* entries(store: Pick<RefStore, 'refLog'>, tractId: string): Generator<RefLogEntry> {
  for (let before: number | undefined; ;) {
    const page: readonly RefLogEntry[] = store.refLog(tractId, {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    before = last.seq;
  }
}

/** The last entry not yet undone (SPEC §8), or undefined. O(entries stepped over). */
export function lastUndoable(store: Pick<RefStore, 'refLog'>, tractId: string): RefLogEntry | undefined {
  return moveBelow(entries(store, tractId), 0);
}

/** The last entry undone and not redone since; any new move clears it. */
export function lastRedoable(store: Pick<RefStore, 'refLog'>, tractId: string): RefLogEntry | undefined {
  let undone = 0;
  for (const entry of entries(store, tractId)) {
    if (entry.kind === 'move') break;
    undone += entry.kind === 'undo' ? 1 : -1;
  }
  // Without the undo entries the last one undone would be `undone - 1` moves down.
  return undone > 0 ? moveBelow(entries(store, tractId), -1) : undefined;
}

/**
 * The log read as a stack: a move pushes itself, an undo takes the top off, a redo puts it back. The move `skip` below the top;
 * found from the order alone, so that an imported or trimmed log, whose entries have other numbers, is stepped through the same.
 */
function moveBelow(newestFirst: Iterable<RefLogEntry>, skip: number): RefLogEntry | undefined {
  for (const entry of newestFirst) {
    if (entry.kind === 'undo') skip++;
    else if (entry.kind === 'redo' || skip > 0) skip--;
    else return entry;
  }
  return undefined;
}

/**
 * Steps back over the last entry not yet undone: its refs stand where they stood before (SPEC §8).
 * @throws NavigationError `Nothing to undo`
 */
export function undo({ tx, tractId }: Scope): RefLogEntry {
  const entry = lastUndoable(tx, tractId);
  if (!entry) throw new NavigationError('Nothing to undo');
  for (const { ref, before } of entry.changes) tx.put({ kind: 'ref', tractId, name: ref, value: before });
  tx.stepped = entry.seq;
  return entry;
}

/**
 * Steps forward over the last entry undone.
 * @throws NavigationError `Nothing to redo`
 */
export function redo({ tx, tractId }: Scope): RefLogEntry {
  const entry = lastRedoable(tx, tractId);
  if (!entry) throw new NavigationError('Nothing to redo');
  for (const { ref, after } of entry.changes) tx.put({ kind: 'ref', tractId, name: ref, value: after });
  tx.stepped = entry.seq;
  return entry;
}
