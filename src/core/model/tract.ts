import type { JsonObject } from './json.js';

/** A tract's own row (SPEC §1, §9.7). Its history is its refs. */
export interface StoredTract {
  readonly tractId: string;
  readonly name: string;
  readonly createdAt: string;
  /** The commit of another tract that this one was spawned from. */
  readonly spawn: {
    readonly tractId: string;
    readonly commitHash: string | null;
    readonly purpose: string;
    readonly mode: string;
  } | null;
  /** The parent's commit that holds this tract's collapsed summary. */
  readonly collapsedInto: string | null;
  /** Where it was imported from: format, session id, path as the person gave it. */
  readonly source: JsonObject | null;
}
