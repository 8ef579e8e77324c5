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
  let undone = 0;
  for (const entry of entries(store, tractId)) {
    if (entry.kind === 'undo') undone++;
    else if (undone > 0) undone--;
    else return entry.kind === 'move' ? entry : original(store, tractId, entry);
  }
  return undefined;
}

/** The last entry undone and not redone since; any new move clears it. */
export function lastRedoable(store: Pick<RefStore, 'refLog'>, tractId: string): RefLogEntry | undefined {
  let redone = 0;
  for (const entry of entries(store, tractId)) {
    if (entry.kind === 'move') return undefined;
    if (entry.kind === 'redo') redone++;
    else if (redone > 0) redone--;
    else return original(store, tractId, entry);
  }
  return undefined;
}

function original(store: Pick<RefStore, 'refLog'>, tractId: string, entry: RefLogEntry): RefLogEntry | undefined {
  if (entry.of === null) return undefined;
  return store.refLog(tractId, { limit: 1, before: entry.of + 1 }).find(({ seq }) => seq === entry.of);
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
