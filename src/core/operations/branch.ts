import { checkArgument, checkOptions, FLAG, orNull, TEXT } from '../model/arguments.js';
import { commitOf, isAncestor } from '../graph/ancestry.js';
import { commitsBetween } from '../graph/history.js';
import { closestRefs, resolveRef } from '../graph/resolve.js';
import { estimatedTokens } from '../compile/render.js';
import type { Environment } from '../environment.js';
import {
  BranchExistsError,
  BranchNotFoundError,
  CurrentBranchError,
  InvalidBranchNameError,
  NavigationError,
  UnmergedBranchError,
} from '../model/errors.js';
import { HEADS, IMPORTS, symbolic, symbolicTarget, TAGS } from '../model/refs.js';
import type { Reads } from '../transaction.js';
import { readHead, rememberPosition } from './head.js';
import { refNameProblem } from './ref-name.js';
import type { Scope } from './scope.js';

/**
 * Creates a branch (SPEC §9.1) at any ref and, by default, checks it out.
 * @throws InvalidBranchNameError, BranchExistsError, CommitNotFoundError for an unknown source; nothing is changed then
 */
export function createBranch(
  scope: Scope,
  name: string,
  options: { readonly from?: string; readonly checkout?: boolean } = {},
): string {
  const { tx, tractId } = scope;
  checkArgument('A branch name', name, TEXT);
  checkOptions(options, { from: orNull(TEXT), checkout: FLAG });
  requireFreeName(scope, name);
  const head = readHead(tx, tractId);
  if (head.hash === null && options.from === undefined)
    throw new NavigationError('No commits to branch from: commit something first.');
  const hash = resolveRef(tx, tractId, options.from ?? 'HEAD');
  tx.put({ kind: 'ref', tractId, name: HEADS + name, value: hash });
  if (options.checkout ?? true) {
    rememberPosition(scope, head, true);
    tx.put({ kind: 'ref', tractId, name: 'HEAD', value: symbolic(HEADS + name) });
  }
  return hash;
}

function requireFreeName({ tx, tractId }: Scope, name: string): void {
  const problem = refNameProblem(name);
  if (problem)
    throw new InvalidBranchNameError(
      `Cannot use '${name.slice(0, 60)}' as a branch name: ${problem}. Nothing was changed.`,
    );
  for (const ref of tx.refs(tractId, HEADS).keys()) {
    const other = ref.slice(HEADS.length);
    if (other === name) throw new BranchExistsError(name);
    if (other.startsWith(name + '/') || name.startsWith(other + '/')) {
      throw new InvalidBranchNameError(
        `Cannot create branch '${name}': branch '${other}' exists, and a name cannot be both a branch and a folder of branches. Nothing was changed.`,
      );
    }
  }
}

/**
 * Deletes a branch; its commits stay until GC (SPEC §9.1).
 * @throws BranchNotFoundError, CurrentBranchError, UnmergedBranchError unless forced
 */
export function deleteBranch({ tx, tractId }: Scope, name: string, options: { readonly force?: boolean } = {}): void {
  checkArgument('A branch name', name, TEXT);
  checkOptions(options, { force: FLAG });
  const hash = tx.ref(tractId, HEADS + name);
  if (hash === undefined) throw new BranchNotFoundError(name, closestRefs(tx, tractId, name));
  if (readHead(tx, tractId).branch === name) throw new CurrentBranchError(name);
  if (!options.force) {
    const tip = commitOf(tx, hash);
    const kept = [...tx.refs(tractId)].filter(
      ([ref, value]) =>
        ref !== HEADS + name &&
        symbolicTarget(value) === undefined &&
        (ref.startsWith(HEADS) || ref === 'HEAD' || ref.startsWith(TAGS) || ref.startsWith(IMPORTS)),
    );
    if (!kept.some(([, value]) => isAncestor(tx, tip, commitOf(tx, value)))) {
      const head = readHead(tx, tractId).hash;
      throw new UnmergedBranchError(name, commitsBetween(tx, tip, head === null ? null : commitOf(tx, head)).length);
    }
  }
  tx.put({ kind: 'ref', tractId, name: HEADS + name, value: null });
}

/** @throws BranchNotFoundError, InvalidBranchNameError, BranchExistsError */
export function renameBranch(scope: Scope, name: string, to: string): void {
  const { tx, tractId } = scope;
  for (const given of [name, to]) checkArgument('A branch name', given, TEXT);
  const hash = tx.ref(tractId, HEADS + name);
  if (hash === undefined) throw new BranchNotFoundError(name, closestRefs(tx, tractId, name));
  if (name === to) return;
  const current = readHead(tx, tractId).branch === name;
  tx.put({ kind: 'ref', tractId, name: HEADS + name, value: null });
  requireFreeName(scope, to);
  tx.put({ kind: 'ref', tractId, name: HEADS + to, value: hash });
  if (current) tx.put({ kind: 'ref', tractId, name: 'HEAD', value: symbolic(HEADS + to) });
  if (symbolicTarget(tx.ref(tractId, 'PREV_BRANCH') ?? '') === HEADS + name)
    tx.put({ kind: 'ref', tractId, name: 'PREV_BRANCH', value: symbolic(HEADS + to) });
}

export interface Branch {
  readonly name: string;
  readonly head: string;
  readonly current: boolean;
  /** Commits this branch has and the current one has not, and the other way round. */
  readonly ahead: number;
  readonly behind: number;
  /** Estimated tokens of its context. */
  readonly tokens: number;
}

/** All branches by name (SPEC §9.1). O(commits in which they differ, and their contexts when not cached). */
export async function listBranches(store: Reads, tractId: string, env: Environment): Promise<readonly Branch[]> {
  const head = readHead(store, tractId);
  const current = head.hash === null ? null : commitOf(store, head.hash);
  const branches: Branch[] = [];
  for (const [ref, hash] of store.refs(tractId, HEADS)) {
    const name = ref.slice(HEADS.length);
    const tip = commitOf(store, hash);
    branches.push({
      name,
      head: hash,
      current: head.branch === name,
      ahead: commitsBetween(store, tip, current).length,
      behind: current === null ? 0 : commitsBetween(store, current, tip).length,
      tokens: estimatedTokens(await env.compiler.snapshot(store, hash), env.tokenizer),
    });
  }
  return branches;
}
