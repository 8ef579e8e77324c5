import type { StoredCommit } from '../model/commit.js';
import { checkOptions, OBJECT, orNull, TEXT } from '../model/arguments.js';
import { validateContent } from '../model/content.js';
import { defaultMessage } from '../model/content-text.js';
import { moveHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { enforceBudget } from './budget.js';
import { validateRetention } from './retention.js';
import type { CommitOptions } from './write-commit.js';
import { checkCommitOptions, requireMessage, writeCommit } from './write-commit.js';

export interface AnnotateOptions extends Pick<CommitOptions, 'message' | 'timestamp'> {
  readonly reason?: string;
  /** What a summary of this message must keep (SPEC §9.4). */
  readonly retain?: { readonly match?: readonly (string | RegExp)[]; readonly instructions?: string };
}

/**
 * Sets a message's priority from here on (SPEC §2 `annotate`).
 * @throws TargetError, ContentValidationError for an unknown priority, DetachedHeadError; nothing is stored then
 */
export async function annotate(
  scope: Scope,
  target: string,
  priority: string,
  options: AnnotateOptions = {},
): Promise<StoredCommit> {
  const head = requireAttached(scope, 'annotate');
  checkCommitOptions(options);
  checkOptions(options, { reason: orNull(TEXT), retain: orNull(OBJECT) }, 'Nothing was stored.');
  const content = validateContent(
    {
      content_type: 'annotation',
      target,
      priority,
      reason: options.reason ?? null,
      retention: options.retain ? validateRetention(options.retain) : null,
    },
    scope.env.types,
  );
  requireMessage(scope, target, head.hash, 'annotate');
  const said = `${priority}: ${target.slice(0, 8)}${options.reason ? ` (${options.reason})` : ''}`;
  const { message = defaultMessage(content, said), timestamp } = options;
  const stored = writeCommit(scope, {
    operation: 'annotate',
    content,
    parentHash: head.hash,
    targets: [target],
    options: { message, ...(timestamp === undefined ? {} : { timestamp }) },
  });
  moveHead(scope, stored.commitHash);
  await enforceBudget(scope, stored.commitHash);
  return stored;
}
