import { TractError } from '../core/model/errors.js';

/** Who holds a store's lock, as far as its lock file tells (SPEC §16, Annex B.13). */
export interface StoreOwner {
  readonly pid: number;
  readonly host: string;
  /** What runs there, for a person: `VS Code`, `tract CLI` … */
  readonly application: string;
  /** ISO time at which it took the lock. */
  readonly since: string;
}

export function describeOwner(owner: StoreOwner): string {
  const since = owner.since.replace(/^(.{10})T(.{5}).*Z$/, '$1 $2 UTC');
  return `${owner.application} (process ${String(owner.pid)} on ${owner.host}, since ${since})`;
}

/** Another process writes this store. Nothing was written. What happens once that one is gone is for each user interface to say. */
export class StoreLockedError extends TractError {
  readonly code = 'STORE_LOCKED';
  readonly owner: StoreOwner | null;

  constructor(owner: StoreOwner | null, options?: ErrorOptions) {
    super(
      `This store is open for writing in ${owner === null ? 'another process' : describeOwner(owner)}. Nothing was changed. ` +
        'Make the change there, or close it and try again.',
      options,
    );
    this.owner = owner;
  }
}

/** The store was opened for reading only. Nothing was written. */
export class StoreReadOnlyError extends TractError {
  readonly code = 'STORE_READ_ONLY';

  constructor(reason: string, options?: ErrorOptions) {
    super(`This store is read-only here: ${reason} Nothing was changed.`, options);
  }
}

/** The store was closed. */
export class StoreClosedError extends TractError {
  readonly code = 'STORE_CLOSED';

  constructor() {
    super('This store is closed. Nothing was changed. Open it again to go on.');
  }
}

/** The disk did not take a change (full, denied, broken). The change, and what came after it, is wholly undone. */
export class StoreWriteError extends TractError {
  readonly code = 'STORE_WRITE';
  /** The system's own code, such as `ENOSPC`; null when there was none. */
  readonly systemCode: string | null;

  constructor(cause: unknown) {
    const systemCode = systemCodeOf(cause);
    super(
      `The change could not be saved: ${explain(systemCode, cause)} It was undone; everything saved before is intact. ` +
        'Try again once that is solved.',
      { cause },
    );
    this.systemCode = systemCode;
  }
}

/** The store's files cannot be read at all just now (denied, broken disk). Nothing was changed. */
export class StoreUnreadableError extends TractError {
  readonly code = 'STORE_UNREADABLE';

  constructor(cause: unknown) {
    super(
      `The store cannot be read: ${explain(systemCodeOf(cause), cause)} Its files were left as they are. ` +
        'Open it again once that is solved.',
      { cause },
    );
  }
}

/** The files were written by a newer version of Tract in a way this one cannot read. They were left as they are. */
export class StoreNewerError extends TractError {
  readonly code = 'STORE_NEWER';

  constructor(found: number, supported: number) {
    super(
      `This store was written by a newer version of Tract (format ${String(found)}; this version reads up to ` +
        `${String(supported)}). It was left untouched. Update Tract to open it.`,
    );
  }
}

/** A batch that names a parent, content, target or record which is not there, or removes one that is needed. */
export class StoreIntegrityError extends TractError {
  readonly code = 'STORE_INTEGRITY';

  constructor(detail: string, options?: ErrorOptions) {
    super(`The change does not fit the store: ${detail} Nothing was stored.`, options);
  }
}

/** The target folder of a backup or restore already holds files, or is not a store. Nothing was written. */
export class StoreBackupError extends TractError {
  readonly code = 'STORE_BACKUP';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full.',
  EDQUOT: 'the disk quota is used up.',
  EACCES: 'permission was denied.',
  EPERM: 'permission was denied.',
  EROFS: 'the file system is read-only.',
  EIO: 'the disk reported an input/output error.',
  EMFILE: 'too many files are open.',
  ENOENT: 'a file of the store is gone.',
};

/** The `code` of an error of the system, or null. */
export function systemCodeOf(cause: unknown): string | null {
  if (cause instanceof TractError) return null;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

function explain(systemCode: string | null, cause: unknown): string {
  const reason = systemCode === null ? undefined : REASONS[systemCode];
  return reason ?? `${cause instanceof Error ? cause.message : String(cause)}.`;
}
