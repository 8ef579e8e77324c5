import { slotOf } from '../compile/snapshot.js';
import type { StoredCommit } from '../model/commit.js';
import { validateContent } from '../model/content.js';
import { CompressionError } from '../model/errors.js';
import { moveHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { expansionOf, requireMessage, writeCommit } from './write-commit.js';

/**
 * Takes a summary out again and brings its sources back where they stood (SPEC §9.4): a compression of the summary into nothing.
 * @throws CompressionError when the commit is no summary of the context, DetachedHeadError
 */
export async function expand(scope: Scope, hash: string): Promise<StoredCommit> {
  const { tx, env } = scope;
  const head = requireAttached(scope, 'expand');
  const summary = requireMessage(scope, hash, head.hash, 'expand');
  if (summary.operation !== 'compress')
    throw new CompressionError(`Cannot expand ${hash.slice(0, 8)}: it is no summary. Nothing was changed.`);
  const slot = slotOf(await env.compiler.snapshot(tx, head.hash), hash);
  if (slot?.hiddenBy !== null)
    throw new CompressionError(
      `Cannot expand ${hash.slice(0, 8)}: it was expanded already, or a later summary holds it. Nothing was changed.`,
    );
  const content = validateContent(expansionOf([hash]), env.types);
  const commit = writeCommit(scope, {
    operation: 'compress',
    content,
    parentHash: head.hash,
    targets: [hash],
    options: { message: `expand ${hash.slice(0, 8)}` },
  });
  moveHead(scope, commit.commitHash);
  return commit;
}
