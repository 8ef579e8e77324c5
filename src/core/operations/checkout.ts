import { previousPosition, resolveRef } from '../graph/resolve.js';
import { checkArgument, TEXT } from '../model/arguments.js';
import { HEADS, symbolic } from '../model/refs.js';
import type { Head } from './head.js';
import { readHead, rememberPosition } from './head.js';
import type { Scope } from './scope.js';

/**
 * Checks out a branch (attaches), any other ref (detaches) or `-` (goes back, attached if the previous position was a branch)
 * (SPEC §8). The previous position is written only when it succeeds.
 * @throws CommitNotFoundError, AmbiguousPrefixError, NavigationError `No previous position`; nothing is moved then
 */
export function checkout(scope: Scope, target: string): Head {
  const { tx, tractId } = scope;
  const from = readHead(tx, tractId);
  const to = position(scope, target);
  if (to.branch === null ? from.detached && from.hash === to.hash : from.branch === to.branch) return from;
  if (from.hash !== null) rememberPosition(scope, from, true);
  tx.put({ kind: 'ref', tractId, name: 'HEAD', value: to.branch === null ? to.hash : symbolic(HEADS + to.branch) });
  return readHead(tx, tractId);
}

function position({ tx, tractId }: Scope, target: string): { readonly hash: string; readonly branch: string | null } {
  checkArgument('A ref', target, TEXT, 'Nothing was moved.');
  if (target === '-') return previousPosition(tx, tractId);
  const name = target.startsWith(HEADS) ? target.slice(HEADS.length) : target;
  const branchHead = ['HEAD', 'ORIG_HEAD', 'PREV_HEAD'].includes(name) ? undefined : tx.ref(tractId, HEADS + name);
  return branchHead === undefined
    ? { hash: resolveRef(tx, tractId, target), branch: null }
    : { hash: branchHead, branch: name };
}
