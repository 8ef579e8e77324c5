import type { Environment } from '../environment.js';
import { CompressionError, InvalidArgumentError } from '../model/errors.js';
import type { Session } from '../session.js';
import { compile } from './compile.js';
import type { CompressOptions } from './compress-plan.js';
import { compressRange, type CompressedRange, type SummaryOptions } from './compress-range.js';

/**
 * Compresses all but the last `n` messages (SPEC §9.4).
 * @throws InvalidArgumentError for an `n` that is no whole number of at least 0; CompressionError, DetachedHeadError
 */
export async function slidingWindow(
  session: Session,
  tractId: string,
  env: Environment,
  n: number,
  options: Omit<CompressOptions, 'range'> & SummaryOptions,
): Promise<CompressedRange> {
  if (!Number.isSafeInteger(n) || n < 0)
    throw new InvalidArgumentError('A window is a whole number of messages of at least 0.');
  const { commitHashes } = await compile(env.compiler, session.reads, tractId);
  const range = commitHashes.slice(0, Math.max(0, commitHashes.length - n));
  if (range.length === 0) throw new CompressionError('Nothing to compress');
  return compressRange(session, tractId, env, { ...options, range });
}
