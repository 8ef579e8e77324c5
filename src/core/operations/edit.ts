import type { StoredCommit } from '../model/commit.js';
import { contentTypeOf, OPERATION_TYPES, validateContent } from '../model/content.js';
import { EditTargetError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { parseMetadata } from '../model/metadata.js';
import { enforceBudget } from './budget.js';
import { moveHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { setTag } from './tag.js';
import type { CommitOptions } from './write-commit.js';
import { checkCommitOptions, makesMessage, writeCommit } from './write-commit.js';

/**
 * Replaces the text, role and name of a message (SPEC §2 `edit`); position, priority and identity stay the original's.
 * @throws EditTargetError, ContentValidationError, DetachedHeadError, BudgetExceededError; nothing is stored then
 */
export async function edit(
  scope: Scope,
  target: string,
  content: unknown,
  options: CommitOptions = {},
): Promise<StoredCommit> {
  const head = requireAttached(scope, 'edit');
  checkCommitOptions(options);
  const original = editTarget(scope, target, head.hash);
  const valid = validateContent(content, scope.env.types);
  if (
    OPERATION_TYPES.has(valid.content_type) ||
    contentTypeOf(scope.env.types, valid.content_type)?.compiled !== true
  ) {
    throw new EditTargetError(
      `A content of type '${valid.content_type}' makes no message and cannot replace one. Nothing was stored.`,
    );
  }
  const metadata = valid.content_type === 'artifact' ? withAttachment(original, options.metadata) : options.metadata;
  const stored = writeCommit(scope, {
    operation: 'edit',
    content: valid,
    parentHash: head.hash,
    editTarget: original.commitHash,
    options: { ...options, ...(metadata === undefined ? {} : { metadata }) },
  });
  moveHead(scope, stored.commitHash);
  for (const tag of options.tags ?? []) setTag(scope, tag, stored.commitHash);
  await enforceBudget(scope, stored.commitHash);
  return stored;
}

function editTarget({ tx, env }: Scope, target: string, head: string | null): StoredCommit {
  const original = tx.commit(target);
  if (!original || !env.compiler.isInHistory(tx, target, head)) {
    throw new EditTargetError(
      `Cannot edit ${target.slice(0, 8)}: it is not in the history of the current branch. Nothing was stored.`,
    );
  }
  if (!makesMessage(original, env)) {
    throw new EditTargetError(
      `Cannot edit ${target.slice(0, 8)}: it makes no message of its own (${original.operation}, ${original.contentType}). Edit the original commit instead. Nothing was stored.`,
    );
  }
  return original;
}

/** A new version of an attached file stays attached under its path and role unless the caller says otherwise (Annex B.2). */
function withAttachment(original: StoredCommit, given: object | null | undefined): JsonObject | null | undefined {
  const { path, role } = parseMetadata(original.metadata).compiling;
  if (path === null && role === null) return given as JsonObject | null | undefined;
  return {
    ...(path === null ? {} : { path }),
    ...(role === null ? {} : { role }),
    ...(parseMetadata(given).metadata ?? {}),
  };
}
