/**
 * A ref's value, spelled as git spells it: 64 hex digits, or `ref: refs/heads/main` for a symbolic one. `HEAD` is symbolic when
 * attached (SPEC §8).
 */
export type RefValue = string;

export const HEADS = 'refs/heads/';
export const TAGS = 'refs/tags/';
/** Refs that only the importer moves (Annex B.9). */
export const IMPORTS = 'refs/import/';
const SYMBOLIC = 'ref: ';

export function symbolic(target: string): RefValue {
  return SYMBOLIC + target;
}

/** The ref a symbolic value points to; undefined for a hash. */
export function symbolicTarget(value: RefValue): string | undefined {
  return value.startsWith(SYMBOLIC) ? value.slice(SYMBOLIC.length) : undefined;
}

export interface RefChange {
  readonly ref: string;
  readonly before: RefValue | null;
  readonly after: RefValue | null;
}

/** One move of refs (SPEC §8 Undo, Annex B.7): everything one operation moved, so that it is undone as one. */
export interface RefLogEntry {
  readonly seq: number;
  readonly tractId: string;
  readonly at: string;
  /** The operation, e.g. `commit`, `reset`, `merge`, `undo`. */
  readonly action: string;
  /** One line for a person, e.g. `reset (hard) to 1a2b3c4d`. */
  readonly detail: string;
  readonly kind: 'move' | 'undo' | 'redo';
  /** For `undo` and `redo`: the entry that was stepped over. */
  readonly of: number | null;
  readonly changes: readonly RefChange[];
}
