import { commitOf } from '../graph/ancestry.js';
import { checkOptions, FLAG } from '../model/arguments.js';
import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import { ImportCommitError } from '../model/errors.js';
import { enforceBudget } from './budget.js';
import { moveHead, requireAttached } from './head.js';
import { replay } from './replay.js';
import type { Scope } from './scope.js';
import { makesMessage } from './write-commit.js';

export interface ImportCommitOptions {
  /** An edit whose target is not in this history becomes a message of its own. */
  readonly asAppend?: boolean;
}

/**
 * Makes one commit of another history again on top of the current branch (cherry-pick, SPEC §9.3); its content hash stays.
 * @throws ImportCommitError for merges, commits already here, and commits whose targets are not; DetachedHeadError
 */
export async function importCommit(
  scope: Scope,
  hash: string,
  options: ImportCommitOptions = {},
): Promise<StoredCommit> {
  const { tx, env } = scope;
  const head = requireAttached(scope, 'import a commit');
  checkOptions(options, { asAppend: FLAG });
  const commit = commitOf(tx, hash);
  const short = hash.slice(0, 8);
  if (commit.extraParents.length > 0)
    throw new ImportCommitError(
      `Cannot import ${short}: it is a merge. Import the commits it brought instead. Nothing was changed.`,
    );
  if (env.compiler.isInHistory(tx, hash, head.hash))
    throw new ImportCommitError(`Cannot import ${short}: it is already in the history of this branch.`);
  const missing = commit.targets.filter((target) => !env.compiler.isInHistory(tx, target, head.hash));
  const asAppend = commit.operation === 'edit' && missing.length > 0 && options.asAppend === true;
  if (missing.length > 0 && !asAppend) {
    const how = commit.operation === 'edit' ? ' It can be imported as a message of its own instead.' : '';
    throw new ImportCommitError(
      `Cannot import ${short}: its target ${missing[0]?.slice(0, 8) ?? ''} is not in the history of this branch.${how} Nothing was changed.`,
    );
  }
  const text = (await tx.contents([commit.contentHash])).get(commit.contentHash) ?? '{}';
  const source = asAppend ? { ...commit, operation: 'append' as const, editTarget: null, targets: [] } : commit;
  const stored = replay(scope, source, JSON.parse(text) as Content, text, head.hash, (target) => target);
  moveHead(scope, stored.commitHash);
  if (makesMessage(stored, env) || stored.operation === 'edit') await enforceBudget(scope, stored.commitHash);
  return stored;
}
