import type { JsonObject } from './json.js';

/** What a commit does to the context (SPEC §2). */
export type Operation = 'append' | 'edit' | 'annotate' | 'compress' | 'reorder' | 'merge';
export const OPERATIONS: readonly Operation[] = ['append', 'edit', 'annotate', 'compress', 'reorder', 'merge'];

/** `skip < normal < important < pinned` (SPEC §2). */
export type Priority = 'skip' | 'normal' | 'important' | 'pinned';
export const PRIORITIES: readonly Priority[] = ['skip', 'normal', 'important', 'pinned'];

/**
 * A commit as it is stored. Everything but `message`, `metadata`, `generationConfig` and the token counts is hashed (SPEC §4);
 * `depth`, `generation` and `jump` are derived from the graph when the commit is made and make ancestry questions O(log n).
 */
export interface StoredCommit {
  readonly commitHash: string;
  readonly contentHash: string;
  /** First parent; null for a root. */
  readonly parentHash: string | null;
  /** Parents after the first, in the order given to merge. */
  readonly extraParents: readonly string[];
  readonly contentType: string;
  readonly operation: Operation;
  /** The commit that an `edit` replaces; null for every other operation. */
  readonly editTarget: string | null;
  /** Commits that the payload names (edit and annotate target, compress sources, merge resolutions): an index, not hashed. */
  readonly targets: readonly string[];
  /** UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`, text because a Date has no microseconds. */
  readonly timestampIso: string;
  readonly message: string;
  readonly metadata: JsonObject | null;
  readonly generationConfig: JsonObject | null;
  /** Tokens of the text as it compiles, under `tokenizer`. */
  readonly textTokens: number;
  /** Tokens of the tool calls' names, arguments and ids and of `tool_call_id`, under `tokenizer`. */
  readonly toolTokens: number;
  /** `Tokenizer.id` the two counts were made with. */
  readonly tokenizer: string;
  /** First-parent distance from the root: a root has 0. */
  readonly depth: number;
  /** 1 + the largest generation of any parent; a root has 1. */
  readonly generation: number;
  /** A first-parent ancestor further back (skew-binary jump pointer); null for a root. */
  readonly jump: string | null;
  /** The nearest commit with several parents on the first-parent line, this one included; null when there is none. */
  readonly lastMerge: string | null;
}

/** A commit as it is handed out (SPEC §18). */
export interface Commit {
  readonly commitHash: string;
  readonly contentHash: string;
  readonly parentHash: string | null;
  readonly extraParents: readonly string[];
  readonly contentType: string;
  readonly operation: Operation;
  readonly editTarget: string | null;
  readonly message: string;
  /** Tokens of its text. */
  readonly tokenCount: number;
  /** ISO text, as hashed. */
  readonly createdAt: string;
  /** Its priority in the history it was read from. */
  readonly effectivePriority: Priority;
  readonly metadata: JsonObject | null;
  readonly generationConfig: JsonObject | null;
  /** `metadata.author`, else the model that generated it, else null. */
  readonly author: string | null;
}
