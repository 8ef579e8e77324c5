import { runInNewContext } from 'node:vm';
import { CompressionError } from '../core/model/errors.js';
import type { PatternTest } from '../core/ports/pattern-test.js';

/** Milliseconds a pattern may hold this thread; ones that do not backtrack need less than one. */
const LONGEST_MS = 250;

export const nodePatternTest: PatternTest = (pattern, text) => {
  try {
    return runInNewContext('pattern.test(text)', { pattern, text }, { timeout: LONGEST_MS }) === true;
  } catch (error) {
    // The error is one of the new context, whose `Error` is not ours.
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new CompressionError(
      `The pattern /${pattern.source.slice(0, 80)}/ takes too long to look for. Nothing was changed; write it without repetitions inside repetitions.`,
      { cause: error },
    );
  }
};
