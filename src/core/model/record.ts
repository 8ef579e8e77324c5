import type { JsonObject } from './json.js';
import type { TokenUsage } from './usage.js';

/** How a model call ended (SPEC §7). `interrupted`: still pending when the store was opened after a crash. */
export type RecordOutcome = 'pending' | 'answered' | 'failed' | 'cancelled' | 'interrupted';

/** A compile record as stored (SPEC §7, Annex A): what was compiled for, and sent to, a model. */
export interface StoredRecord {
  readonly id: string;
  readonly tractId: string;
  readonly headHash: string;
  /** Tokens of the compiled context: reported when known, else the estimate; `tokenSource` says which. */
  readonly tokenCount: number;
  readonly tokenSource: string;
  /** The estimate at the time of the call, always kept beside what was reported. */
  readonly estimatedTokens: number;
  readonly commitCount: number;
  readonly params: JsonObject | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly toolsHash: string | null;
  /** Null only for records imported from files that do not allow reproduction (Annex B.11). */
  readonly contextHash: string | null;
  readonly createdAt: string;
  readonly outcome: RecordOutcome;
  readonly errorCode: string | null;
  readonly latencyMs: number | null;
  readonly usage: TokenUsage | null;
  readonly finishReason: string | null;
  readonly opId: string | null;
  /** The commit that holds the answer. */
  readonly answerHash: string | null;
  readonly stablePrefix: { readonly messages: number; readonly tokens: number };
  /**
   * The effective commits, as a run on the previous record: the first `keep` hashes of record `base`, then `add`. `base` null:
   * `add` is the whole list. Chains are bounded by whoever writes them, so that reading one costs little.
   */
  readonly effectives: {
    readonly base: string | null;
    readonly keep: number;
    readonly add: readonly string[];
    readonly chain: number;
  };
  /** `live`: made by generate; `imported`: from a transcript or another store's file (kept out of drift, Annex B.10). */
  readonly origin: 'live' | 'imported';
}

/** What becomes known after the call. */
export type RecordUpdate = Partial<
  Pick<
    StoredRecord,
    | 'tokenCount'
    | 'tokenSource'
    | 'model'
    | 'outcome'
    | 'errorCode'
    | 'latencyMs'
    | 'usage'
    | 'finishReason'
    | 'answerHash'
  >
>;

/** One usage report for a commit (SPEC §6). All are kept, the last for a commit and options wins. */
export interface UsageReport {
  readonly headHash: string;
  /** Canonical JSON of the non-default compile options that were sent; `''` for the default ones. */
  readonly optionsKey: string;
  readonly usage: TokenUsage;
  readonly at: string;
}
