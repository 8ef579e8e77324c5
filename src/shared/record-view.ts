import * as z from 'zod/mini';
import { MessageView } from './context-view.js';
import { Count, Hash, Instant, Role, Tokens } from './primitives.js';

export const UsageView = z.object({
  prompt: Count,
  completion: Count,
  cacheRead: Count,
  cacheWrite: Count,
  reasoning: Count,
});
export type UsageView = z.infer<typeof UsageView>;

/** One compile record (SPEC §7). */
export const RecordView = z.object({
  id: z.string(),
  createdAt: Instant,
  head: Hash,
  provider: z.nullable(z.string()),
  model: z.nullable(z.string()),
  outcome: z.enum(['pending', 'answered', 'failed', 'cancelled', 'interrupted']),
  errorCode: z.nullable(z.string()),
  finishReason: z.nullable(z.string()),
  messages: Count,
  /** The estimate at the time of the call, kept beside what was reported. */
  estimated: Count,
  /** Null when the provider reported nothing. */
  usage: z.nullable(UsageView),
  latencyMs: z.nullable(z.number()),
  stablePrefix: z.object({ messages: Count, tokens: Count }),
  answer: z.nullable(Hash),
  imported: z.boolean(),
});
export type RecordView = z.infer<typeof RecordView>;

/** The newest records, as many as the webview asked for (`loadRecords`). */
export const RecordsView = z.object({ records: z.array(RecordView), hasMore: z.boolean() });
export type RecordsView = z.infer<typeof RecordsView>;

/** One record opened: what was sent. */
export const RecordDetailView = z.object({
  record: RecordView,
  messages: z.array(MessageView),
  /** `params` and hashes for a person, e.g. `temperature` → `0.2`. */
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  /** Whether compiling again gives the same context hash (SPEC §7 `reproduce`). */
  reproduced: z.enum(['same', 'different', 'notReproducible']),
  reason: z.nullable(z.string()),
});
export type RecordDetailView = z.infer<typeof RecordDetailView>;

/** A run of lines of one message's diff. */
export const DiffRunView = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });

/** One message of a comparison, in the order in which a reader meets it. */
export const MessageDiffView = z.object({
  status: z.enum(['unchanged', 'added', 'removed', 'modified']),
  role: Role,
  contentType: z.string(),
  hash: Hash,
  tokensA: z.nullable(Count),
  tokensB: z.nullable(Count),
  /** One run for an added, removed or unchanged message. Long texts may be cut by the host, which then says so in a run. */
  runs: z.array(DiffRunView),
});
export type MessageDiffView = z.infer<typeof MessageDiffView>;

/** Two records, message by message (SPEC §7). `a` is the older one. */
export const ComparisonView = z.object({
  a: RecordView,
  b: RecordView,
  added: Count,
  removed: Count,
  modified: Count,
  unchanged: Count,
  tokenDelta: Tokens,
  messages: z.array(MessageDiffView),
});
export type ComparisonView = z.infer<typeof ComparisonView>;
