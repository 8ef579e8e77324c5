import { TractError } from '../core/model/errors.js';

/** The id is no ULID (26 upper-case Crockford characters, at most 7ZZZ…). No path was made from it. */
export class InvalidOpIdError extends TractError {
  readonly code = 'INVALID_OP_ID';

  constructor(id: unknown) {
    const shown = typeof id === 'string' ? JSON.stringify(id.slice(0, 40)) : typeof id;
    super(`Not an operation id: ${shown}. An id is a ULID of 26 upper-case characters. Nothing was written.`);
  }
}

/** No op of this id is on record here. */
export class OpNotFoundError extends TractError {
  readonly code = 'OP_NOT_FOUND';

  constructor(readonly opId: string) {
    super(`No operation ${opId} is on record here. Nothing was written; list the operations to see which there are.`);
  }
}

/** The op has its one `completed` line already; the record is unchanged. */
export class AlreadyClosedError extends TractError {
  readonly code = 'OP_ALREADY_CLOSED';

  constructor(readonly opId: string) {
    super(`Operation ${opId} is closed already. Its record is unchanged; add a link if something is to be noted.`);
  }
}

/** An op of this id is on record already; that record is unchanged. */
export class OpCollisionError extends TractError {
  readonly code = 'OP_COLLISION';

  constructor(readonly opId: string) {
    super(`An operation ${opId} is on record already. It is unchanged; begin again without an id to get a new one.`);
  }
}

/** The disk refused a line: full, read-only, or the folder is gone. What was on record is unchanged. */
export class OpWriteError extends TractError {
  readonly code = 'OP_WRITE_FAILED';

  constructor(folder: string, cause: unknown) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    super(
      `The operation record cannot be written to ${folder}${why}. Check that the folder is there and can be written.`,
      { cause },
    );
  }
}

/** A path under the folder of op records is a link or a special file, which Tract never follows or writes. */
export class OpLinkRefusedError extends TractError {
  readonly code = 'OP_LINK_REFUSED';

  constructor(readonly path: string) {
    super(`${path} is a link or not a plain file or folder. Nothing was written; move it away to keep records there.`);
  }
}
