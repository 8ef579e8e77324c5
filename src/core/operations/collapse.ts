import type { Environment } from '../environment.js';
import type { StoredCommit } from '../model/commit.js';
import { validateContent } from '../model/content.js';
import { checkOptions, MODEL, SIGNAL, TEXT } from '../model/arguments.js';
import { CompressionError, TractNotFoundError } from '../model/errors.js';
import type { Reads } from '../transaction.js';
import { planCompression } from './compress-plan.js';
import { summaries, type SummaryOptions } from './compress-range.js';
import { moveHead, readHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

/**
 * What a child comes to: the given text, or a model's summary of its context.
 * @throws CompressionError `No model and no text`, `Nothing to compress`
 */
export async function childSummary(
  store: Reads,
  env: Environment,
  childId: string,
  options: Omit<SummaryOptions, 'text'> & { readonly text?: string },
): Promise<string> {
  checkOptions(options, { text: TEXT, model: MODEL, signal: SIGNAL });
  if (options.text !== undefined) return options.text;
  const [text = ''] = await summaries(env, await planCompression(store, childId, env, {}), options);
  return text;
}

/**
 * Puts a child tract's summary into this one, with a link to it (SPEC §9.7). The child stays as it is.
 * @throws TractNotFoundError, CompressionError `Empty summary`, DetachedHeadError
 */
export function collapse(scope: Scope, childId: string, text: string): StoredCommit {
  const { tx, env } = scope;
  const head = requireAttached(scope, 'collapse');
  const child = tx.tract(childId);
  if (!child) throw new TractNotFoundError(childId);
  if (text.trim() === '') throw new CompressionError('Empty summary');
  const content = validateContent({ content_type: 'output', text }, env.types);
  const metadata = { collapsed_tract: childId, collapsed_head: readHead(tx, childId).hash };
  const commit = writeCommit(scope, { operation: 'append', content, parentHash: head.hash, options: { metadata } });
  moveHead(scope, commit.commitHash);
  tx.put({ kind: 'tract', tract: { ...child, collapsedInto: commit.commitHash } });
  return commit;
}
