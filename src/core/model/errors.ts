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

/**
 * A content, or a usage report, that has not the shape it must have (SPEC §3, §6). The lists name fields, never their
 * values; nothing was stored.
 */
export class ContentValidationError extends TractError {
  readonly code = 'CONTENT_VALIDATION';
  /** Fields the shape must have. */
  readonly required: readonly string[];
  /** Fields it may have. */
  readonly optional: readonly string[];
  /** Fields that were given. */
  readonly provided: readonly string[];
  /** Required fields that were not. */
  readonly missing: readonly string[];

  constructor(
    message: string,
    fields: {
      readonly required?: readonly string[];
      readonly optional?: readonly string[];
      readonly provided?: readonly string[];
      readonly missing?: readonly string[];
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.required = fields.required ?? [];
    this.optional = fields.optional ?? [];
    this.provided = fields.provided ?? [];
    this.missing = fields.missing ?? [];
  }
}
