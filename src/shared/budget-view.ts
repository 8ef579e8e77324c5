import * as z from 'zod/mini';
import { Count, Hash, Instant, Role, Tokens } from './primitives.js';

/** The part of the used tokens that one role or content type has. */
export const ShareView = z.object({ key: z.string(), tokens: Count, messages: Count });
export type ShareView = z.infer<typeof ShareView>;

/** One tile of the treemap. */
export const CommitShareView = z.object({
  hash: Hash,
  label: z.string(),
  role: Role,
  contentType: z.string(),
  tokens: Count,
});
export type CommitShareView = z.infer<typeof CommitShareView>;

/** One point of the plot over time: a compile record. */
export const BudgetPointView = z.object({
  recordId: z.string(),
  createdAt: Instant,
  estimated: Count,
  /** Null until the provider reported. */
  reported: z.nullable(Count),
  cacheRead: z.nullable(Count),
});
export type BudgetPointView = z.infer<typeof BudgetPointView>;

/** Something that would make room, with the button that does it (SPEC §11; issue 6). */
export const SuggestionView = z.object({
  id: z.enum(['compressOlder', 'skipHeaviestToolResults', 'slidingWindow']),
  /** E.g. `Skip the 5 heaviest tool results`. */
  label: z.string(),
  saves: Count,
});
export type SuggestionView = z.infer<typeof SuggestionView>;

/** SPEC §11: used, reserved and free, and what uses it. */
export const BudgetView = z.object({
  /** `tract.budget.maxTokens`, else the model's window; null when neither is known. */
  max: z.nullable(Count),
  maxSource: z.enum(['setting', 'model', 'none']),
  /** Kept free for the answer. Not used. */
  reserved: Count,
  /** What compiles, without `unseen`. */
  used: Tokens,
  /** Tokens that are sent but that no transcript holds (Annex B.10). */
  unseen: Count,
  action: z.enum(['warn', 'reject', 'callback', 'none']),
  /** Shares of the available tokens, 0…1, from which the bar turns yellow and red. */
  warnAt: z.number(),
  errorAt: z.number(),
  byRole: z.array(ShareView),
  byType: z.array(ShareView),
  /** The heaviest first; the host may cut the list, the rest is drawn as one tile. */
  commits: z.array(CommitShareView).check(z.maxLength(500)),
  /** Oldest first. */
  history: z.array(BudgetPointView).check(z.maxLength(2000)),
  /** Reported ÷ estimated per model over its last records (SPEC §6); shown, never applied. */
  drift: z.array(z.object({ model: z.string(), ratio: z.number(), records: Count })),
  suggestions: z.array(SuggestionView),
});
export type BudgetView = z.infer<typeof BudgetView>;
