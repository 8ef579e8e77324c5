/**
 * Every error Tract throws on purpose (SPEC §18). `code` is stable: tests, the CLI's `--json` and the one place that turns
 * errors into UI branch on it, never on the text. The text says what happened and what to do; an operation that throws
 * has changed nothing.
 */
export abstract class TractError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A bad argument: a negative limit, an out-of-range offset, NaN (Annex A). Nothing changed. */
export class InvalidArgumentError extends TractError {
  readonly code = 'INVALID_ARGUMENT';
}
