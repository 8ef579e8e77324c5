/** How many tests ran, and how they ended. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a run of mocha leaves behind: the proof that nothing cut it off. */
export interface RunResult {
  readonly tally: Tally;
  /** Test files that hold a failure, with what all their tests came to. */
  readonly failedFiles: readonly (Tally & { readonly file: string })[];
}

export const NO_TESTS: Tally = { passed: 0, failed: 0, skipped: 0 };

/** `12 passed, 1 failed`, with `, 2 skipped` when there are any. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function addTallies(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** `a` without the tests of `b`, which is a part of it. */
export function subtractTally(a: Tally, b: Tally): Tally {
  return { passed: a.passed - b.passed, failed: a.failed - b.failed, skipped: a.skipped - b.skipped };
}
