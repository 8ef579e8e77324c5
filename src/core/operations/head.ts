import { readRef } from '../graph/resolve.js';
import { DetachedHeadError } from '../model/errors.js';
import { HEADS, symbolic, symbolicTarget } from '../model/refs.js';
import type { RefStore } from '../ports/storage.js';
import type { Scope } from './scope.js';

export interface Head {
  /** Null before the first commit. */
  readonly hash: string | null;
  /** The branch HEAD is attached to; null when detached, or before the first commit. */
  readonly branch: string | null;
  readonly detached: boolean;
}

/** Where HEAD stands (SPEC §8). */
export function readHead(store: Pick<RefStore, 'ref'>, tractId: string): Head {
  const value = store.ref(tractId, 'HEAD');
  if (value === undefined) return { hash: null, branch: null, detached: false };
  const target = symbolicTarget(value);
  if (target === undefined) return { hash: value, branch: null, detached: true };
  return { hash: readRef(store, tractId, target) ?? null, branch: target.slice(HEADS.length), detached: false };
}

/** @throws DetachedHeadError when HEAD is detached; `action` as in `Cannot <action>`. */
export function requireAttached(
  { tx, tractId }: { readonly tx: Pick<RefStore, 'ref'>; readonly tractId: string },
  action: string,
): Head {
  const head = readHead(tx, tractId);
  if (head.detached) throw new DetachedHeadError(action);
  return head;
}

/** Moves the attached branch (or detached HEAD); the first commit makes the default branch and attaches HEAD (SPEC §8). */
export function moveHead({ tx, tractId, env }: Scope, hash: string): void {
  const value = tx.ref(tractId, 'HEAD');
  const target = value === undefined ? HEADS + env.defaultBranch : symbolicTarget(value);
  if (value === undefined) tx.put({ kind: 'ref', tractId, name: 'HEAD', value: symbolic(HEADS + env.defaultBranch) });
  tx.put({ kind: 'ref', tractId, name: target ?? 'HEAD', value: hash });
}

/** Remembers where HEAD stood as the previous position (SPEC §8 `-`). */
export function rememberPosition({ tx, tractId }: Scope, from: Head, attached: boolean): void {
  tx.put({ kind: 'ref', tractId, name: 'PREV_HEAD', value: from.hash });
  tx.put({
    kind: 'ref',
    tractId,
    name: 'PREV_BRANCH',
    value: attached && from.branch !== null ? symbolic(HEADS + from.branch) : null,
  });
}
