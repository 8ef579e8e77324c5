import { checkArgument, TEXT } from '../model/arguments.js';
import { UsageError } from '../model/errors.js';
import { toTimestampIso } from '../model/timestamp.js';
import type { TokenUsage } from '../model/usage.js';
import { normalizeUsage } from '../records/usage.js';
import { readHead } from './head.js';
import type { Scope } from './scope.js';

/**
 * Keeps what a provider reported for a commit (SPEC §6): later compiles of it show the reported figure. Works while detached and
 * without a compile before it.
 * @throws UsageError `Cannot record usage: no commits exist`, or when `headHash` is not HEAD; ContentValidationError
 */
export function recordUsage(
  { tx, tractId, env }: Scope,
  usage: unknown,
  headHash?: string,
  optionsKey = '',
): TokenUsage {
  const normalized = normalizeUsage(usage);
  if (headHash !== undefined) checkArgument('headHash', headHash, TEXT, 'Nothing was recorded.');
  const head = readHead(tx, tractId).hash;
  if (head === null) throw new UsageError('Cannot record usage: no commits exist');
  if (headHash !== undefined && headHash !== head) {
    throw new UsageError(
      `Cannot record usage: ${headHash.slice(0, 8)} does not match current HEAD ${head.slice(0, 8)}. Nothing was recorded.`,
    );
  }
  tx.put({ kind: 'usage', report: { headHash: head, optionsKey, usage: normalized, at: toTimestampIso(env.clock()) } });
  return normalized;
}
