import type { StoredCommit } from '../model/commit.js';
import { OPERATION_TYPES, validateContent } from '../model/content.js';
import { ContentValidationError } from '../model/errors.js';
import { enforceBudget } from './budget.js';
import { moveHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { setTag } from './tag.js';
import type { CommitOptions } from './write-commit.js';
import { checkCommitOptions, writeCommit } from './write-commit.js';

/**
 * Appends a content to the current branch (SPEC §2 `append`).
 * @throws ContentValidationError, DetachedHeadError, BudgetExceededError, HashConflictError, InvalidArgumentError; nothing is stored then
 */
export async function commit(scope: Scope, content: unknown, options: CommitOptions = {}): Promise<StoredCommit> {
  const head = requireAttached(scope, 'commit');
  checkCommitOptions(options);
  const valid = validateContent(content, scope.env.types);
  if (OPERATION_TYPES.has(valid.content_type)) {
    throw new ContentValidationError(
      `A content of type '${valid.content_type}' is made by its operation (edit, annotate, compress, reorder, merge), not by commit. Nothing was stored.`,
    );
  }
  const stored = writeCommit(scope, { operation: 'append', content: valid, parentHash: head.hash, options });
  moveHead(scope, stored.commitHash);
  for (const tag of options.tags ?? []) setTag(scope, tag, stored.commitHash);
  await enforceBudget(scope, stored.commitHash);
  return stored;
}
