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

/** A ref, hash or prefix that names no commit (SPEC §8). */
export class CommitNotFoundError extends TractError {
  readonly code: string = 'COMMIT_NOT_FOUND';
  constructor(
    readonly ref: string,
    readonly closest: readonly string[] = [],
    what = `No commit found for '${ref.slice(0, 80)}'.`,
  ) {
    const hint = closest.length > 0 ? ` Did you mean ${closest.map((name) => `'${name}'`).join(', ')}?` : '';
    super(what + hint);
  }
}

/** A hash prefix that several commits share (SPEC §8); `candidates` has at most 5. */
export class AmbiguousPrefixError extends TractError {
  readonly code = 'AMBIGUOUS_PREFIX';
  constructor(
    readonly prefix: string,
    readonly candidates: readonly string[],
  ) {
    super(`Ambiguous prefix '${prefix}'. Matches: ${candidates.map((hash) => `${hash.slice(0, 12)}...`).join(', ')}`);
  }
}

/** An edit of something that cannot be edited, or is not in this commit's history (SPEC §2). */
export class EditTargetError extends TractError {
  readonly code = 'EDIT_TARGET';
}

/** A target (of an annotation, a compression, a reorder) that is not in this commit's history or makes no message. */
export class TargetError extends TractError {
  readonly code = 'TARGET';
}

/** A writing operation while HEAD is detached (SPEC §8). */
export class DetachedHeadError extends TractError {
  readonly code = 'DETACHED_HEAD';
  constructor(action: string) {
    super(
      `Cannot ${action}: HEAD is detached, so no branch would hold the result. Check out a branch ('checkout -' goes back to the previous one) or create one here first.`,
    );
  }
}

/** Navigation that has nowhere to go: no commits to reset from, no previous position, nothing to undo (SPEC §8). */
export class NavigationError extends TractError {
  readonly code = 'NAVIGATION';
}

export class InvalidBranchNameError extends TractError {
  readonly code = 'INVALID_BRANCH_NAME';
}

export class BranchExistsError extends TractError {
  readonly code = 'BRANCH_EXISTS';
  constructor(readonly branch: string) {
    super(`A branch named '${branch}' already exists. Choose another name, or check it out.`);
  }
}

/** A branch that is not there (SPEC §9.1), also where any ref would do: then no ref has that name (SPEC §8). */
export class BranchNotFoundError extends CommitNotFoundError {
  override readonly code = 'BRANCH_NOT_FOUND';
  constructor(
    readonly branch: string,
    closest: readonly string[] = [],
  ) {
    super(branch, closest, `There is no branch named '${branch.slice(0, 80)}'.`);
  }
}

export class CurrentBranchError extends TractError {
  readonly code = 'CURRENT_BRANCH';
  constructor(readonly branch: string) {
    super(`Cannot delete branch '${branch}': it is checked out. Check out another branch first.`);
  }
}

export class UnmergedBranchError extends TractError {
  readonly code = 'UNMERGED_BRANCH';
  constructor(
    readonly branch: string,
    readonly commits: number,
  ) {
    super(
      `Branch '${branch}' has ${commits} commit${commits === 1 ? '' : 's'} that no other branch holds. Merge it first, or force the deletion (the commits stay until GC).`,
    );
  }
}

export class InvalidTagNameError extends TractError {
  readonly code = 'INVALID_TAG_NAME';
}

export class TagNotFoundError extends TractError {
  readonly code = 'TAG_NOT_FOUND';
  constructor(readonly tag: string) {
    super(`There is no tag named '${tag.slice(0, 80)}'.`);
  }
}

/** The same hash with other compiling metadata at a time the caller fixed (Annex B.2). */
export class HashConflictError extends TractError {
  readonly code = 'HASH_CONFLICT';
  constructor(readonly commitHash: string) {
    super(
      `Commit ${commitHash.slice(0, 8)} already exists with other tool metadata at this very timestamp. Nothing was stored; give another timestamp or none.`,
    );
  }
}

/** The token budget would be exceeded and its action is `reject` (SPEC §11). Nothing was stored. */
export class BudgetExceededError extends TractError {
  readonly code = 'BUDGET_EXCEEDED';
  constructor(
    readonly currentTokens: number,
    readonly maxTokens: number,
  ) {
    super(`Token budget exceeded: ${currentTokens} tokens (max: ${maxTokens})`);
  }
}

export interface MergeConflict {
  readonly kind: 'both-edit' | 'edit-skip' | 'both-annotate';
  readonly target: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Conflicts that are not resolved yet (SPEC §9.2). Nothing was written. */
export class MergeError extends TractError {
  readonly code: string = 'MERGE_CONFLICT';
  constructor(
    message: string,
    readonly conflicts: readonly MergeConflict[] = [],
  ) {
    super(message);
  }
}

/** The other branch is already contained (SPEC §9.2). */
export class NothingToMergeError extends MergeError {
  override readonly code: string = 'NOTHING_TO_MERGE';
  constructor(readonly branch: string) {
    super(`Already up to date: everything on '${branch}' is on the current branch.`);
  }
}

export class RebaseError extends TractError {
  readonly code = 'REBASE';
}

/** A commit that cannot be imported (cherry-picked) here (SPEC §9.3). */
export class ImportCommitError extends TractError {
  readonly code = 'IMPORT_COMMIT';
}

export class CompressionError extends TractError {
  readonly code = 'COMPRESSION';
}

/** No model was given or configured (SPEC §10). */
export class NoModelError extends TractError {
  readonly code = 'NO_MODEL';
}

/** The request is larger than the model's own window, or than a rejecting budget (SPEC §11). It was not sent. */
export class RequestTooLargeError extends TractError {
  readonly code = 'REQUEST_TOO_LARGE';
  constructor(
    readonly tokens: number,
    readonly maxTokens: number,
  ) {
    super(
      `The request has ~${tokens} tokens and the model takes ${maxTokens}. It was not sent; compress, skip or drop ~${tokens - maxTokens} tokens first.`,
    );
  }
}

/** A recorded context that cannot be compiled again (Annex B.11); `commitHashes` is the list that was kept. */
export class NotReproducibleError extends TractError {
  readonly code = 'NOT_REPRODUCIBLE';
  constructor(
    readonly recordId: string,
    readonly commitHashes: readonly string[],
  ) {
    super(
      `Record ${recordId} was imported from a file that does not hold everything its context was made of; its list of ${commitHashes.length} commits is kept.`,
    );
  }
}

/** A cached result and a fresh compile differ, or a record's context hash does (SPEC §5.1, §7): a defect of Tract. */
export class CompileMismatchError extends TractError {
  readonly code = 'COMPILE_MISMATCH';
}

/** A compile that was asked for the impossible: an unknown strategy, `at` with `asOf` (SPEC §5). */
export class CompileOptionsError extends InvalidArgumentError {}

/** Usage that cannot be recorded here: no commits, or another head (SPEC §6). */
export class UsageError extends TractError {
  readonly code = 'USAGE';
}

/** A store, tract or export file that is not what it should be. */
export class FormatError extends TractError {
  readonly code = 'FORMAT';
}

export class TractNotFoundError extends TractError {
  readonly code = 'TRACT_NOT_FOUND';
  constructor(readonly tractId: string) {
    super(`There is no tract '${tractId.slice(0, 80)}' in this store.`);
  }
}

/** The operation was cancelled by the person; nothing but what was reported is done. */
export class CancelledError extends TractError {
  readonly code = 'CANCELLED';
}
