import type { Resolution } from '../compile/fold.js';
import type { Environment } from '../environment.js';
import { commitOf, isAncestor, mergeBase } from '../graph/ancestry.js';
import { resolveRef } from '../graph/resolve.js';
import { checkOptions, FLAG, OBJECT, oneOf, orNull } from '../model/arguments.js';
import type { Commit, StoredCommit } from '../model/commit.js';
import { validateContent } from '../model/content.js';
import {
  BranchNotFoundError,
  CommitNotFoundError,
  InvalidArgumentError,
  MergeError,
  NothingToMergeError,
  type MergeConflict,
} from '../model/errors.js';
import type { Reads } from '../transaction.js';
import { moveHead, readHead, requireAttached } from './head.js';
import { findConflicts, type Advisory } from './merge-conflicts.js';
import { refNameProblem } from './ref-name.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

export interface MergeOptions {
  /** Settles every conflict that `resolutions` does not; `semantic` asks a model for a text. */
  readonly strategy?: 'ours' | 'theirs' | 'semantic';
  /** A merge commit also where a fast-forward would do. */
  readonly noFf?: boolean;
  /** By target: a whole hash, or a prefix. */
  readonly resolutions?: Readonly<Record<string, Resolution>>;
}

/** What merging did. */
export interface MergeResult {
  /** The merge commit; at a fast-forward the other branch's head. */
  readonly commit: Commit;
  readonly fastForward: boolean;
  readonly advisories: readonly Advisory[];
}

export interface MergePlan {
  readonly ours: StoredCommit | null;
  readonly theirs: StoredCommit;
  readonly fastForward: boolean;
  readonly conflicts: readonly MergeConflict[];
  readonly advisories: readonly Advisory[];
}

/**
 * What merging a branch would meet (SPEC §9.2). Reads only.
 * @throws NothingToMergeError, BranchNotFoundError, CommitNotFoundError for a hash or a step back that is not there
 */
export async function planMerge(
  store: Reads,
  tractId: string,
  env: Environment,
  branch: string,
  options: Pick<MergeOptions, 'noFf'> = {},
): Promise<MergePlan> {
  const theirs = commitOf(store, mergedHead(store, tractId, branch));
  const head = readHead(store, tractId).hash;
  const ours = head === null ? null : commitOf(store, head);
  if (ours && isAncestor(store, theirs, ours)) throw new NothingToMergeError(branch);
  if (!ours || (!options.noFf && isAncestor(store, ours, theirs)))
    return { ours, theirs, fastForward: true, conflicts: [], advisories: [] };
  const base = mergeBase(store, ours, theirs) ?? null;
  return { ours, theirs, fastForward: false, ...(await findConflicts(store, env, { base, ours, theirs })) };
}

/** Any ref may be merged; a name that is none was meant as a branch's. */
function mergedHead(store: Reads, tractId: string, branch: string): string {
  try {
    return resolveRef(store, tractId, branch);
  } catch (error) {
    if (error instanceof CommitNotFoundError && error.ref === branch && refNameProblem(branch) === undefined)
      throw new BranchNotFoundError(branch, error.closest);
    throw error;
  }
}

/**
 * Merges a branch into the current one (SPEC §9.2). Resolutions are part of the merge commit and are what compiles.
 * @throws MergeError with the conflicts that are not resolved, NothingToMergeError, DetachedHeadError; nothing is written then
 */
export async function merge(
  scope: Scope,
  branch: string,
  options: MergeOptions = {},
): Promise<{ readonly commit: StoredCommit; readonly plan: MergePlan }> {
  const { tx, tractId, env } = scope;
  const head = requireAttached(scope, 'merge');
  checkOptions(
    options,
    { strategy: oneOf(['ours', 'theirs', 'semantic']), noFf: FLAG, resolutions: orNull(OBJECT) },
    'Nothing was merged.',
  );
  const plan = await planMerge(tx, tractId, env, branch, options);
  if (plan.fastForward || !plan.ours) {
    moveHead(scope, plan.theirs.commitHash);
    return { commit: plan.theirs, plan };
  }
  const resolutions = settle(plan.conflicts, options);
  const content = validateContent({ content_type: 'merge', resolutions }, env.types);
  const commit = writeCommit(scope, {
    operation: 'merge',
    content,
    parentHash: plan.ours.commitHash,
    extraParents: [plan.theirs.commitHash],
    targets: Object.keys(resolutions),
    options: { message: `Merge branch '${branch}' into ${head.branch ?? env.defaultBranch}` },
  });
  moveHead(scope, commit.commitHash);
  return { commit, plan };
}

function settle(conflicts: readonly MergeConflict[], options: MergeOptions): Readonly<Record<string, Resolution>> {
  const targets = [...new Set(conflicts.map((conflict) => conflict.target))];
  const settled = new Map<string, Resolution>();
  for (const [key, resolution] of Object.entries(options.resolutions ?? {})) {
    const target = targets.find((hash) => hash.startsWith(key.toLowerCase()));
    if (target === undefined)
      throw new InvalidArgumentError(`There is no conflict about ${key.slice(0, 64)}. Nothing was merged.`);
    settled.set(target, validResolution(resolution));
  }
  const { strategy } = options;
  if (strategy === 'ours' || strategy === 'theirs')
    for (const target of targets) if (!settled.has(target)) settled.set(target, strategy);
  const open = conflicts.filter((conflict) => !settled.has(conflict.target));
  if (open.length > 0) {
    throw new MergeError(
      `${open.length} conflict${open.length === 1 ? '' : 's'} to resolve: ${open.map((conflict) => `${conflict.target.slice(0, 8)} (${conflict.kind})`).join(', ')}. Nothing was merged; choose ours, theirs or a text for each.`,
      open,
    );
  }
  return Object.fromEntries(settled);
}

function validResolution(resolution: unknown): Resolution {
  if (resolution === 'ours' || resolution === 'theirs') return resolution;
  if (
    typeof resolution === 'object' &&
    resolution !== null &&
    'text' in resolution &&
    typeof resolution.text === 'string'
  )
    return { text: resolution.text };
  throw new InvalidArgumentError("A resolution is 'ours', 'theirs' or {text}. Nothing was merged.");
}
