import type { JsonObject } from '../core/model/json.js';
import type { Draft } from './drafts.js';
import type { Origin } from './step.js';

/** One line of a session with its place in the session's own tree. */
export interface Entry extends Origin {
  /** The line it hangs on; null = on none, undefined = the file does not say: on what was read last. */
  readonly parent: string | null | undefined;
}

export interface AnswerEntry extends Entry {
  /** Message id and request id: lines that share one are one call. */
  readonly keys: readonly string[];
  readonly drafts: readonly Draft[];
  readonly model: string | null;
  readonly usage: JsonObject | null;
  readonly finishReason: string | null;
  readonly latencyMs?: number | null;
}

/** First and last line of what a compaction kept as it was, or the ids of the lines themselves. */
export type KeptLines = { readonly from: string; readonly to: string } | readonly string[];
