import * as z from 'zod/mini';
import { Count, Hash, Tokens } from './primitives.js';

/** What the panel's top line shows, whatever tab is open. Sent first and after every move of HEAD. */
export const HeaderView = z.object({
  /** Null: the store holds no tract yet; the panel offers import and new tract. */
  tract: z.nullable(z.object({ id: z.string(), name: z.string() })),
  /** Null before the first commit and while detached. */
  branch: z.nullable(z.string()),
  head: z.nullable(Hash),
  detached: z.boolean(),
  /** A sentence for a person, e.g. `Open in another window (pid 4711)`; null when this window may write. */
  readOnly: z.nullable(z.string()),
  /** What runs right now, e.g. `Importing session… 42%`; null when nothing does. */
  busy: z.nullable(z.string()),
  /** Commits that the followed session is ahead of this branch (Annex B.9); 0 when there is none. */
  behindSession: Count,
  /** Workspace files in the context that changed since they were committed. */
  changedFiles: Count,
  tokens: Tokens,
  /** Tokens the provider counted and no transcript holds (Annex B.10); 0 when nothing is known of any. */
  unseen: Count,
  /** `maxTokens − reserveOutput`; null when neither a budget nor the model's window is known. */
  available: z.nullable(z.int()),
  /** What `undo` and `redo` would step over, e.g. `reset (hard) to 1a2b3c4d`; null when there is nothing. */
  undo: z.nullable(z.string()),
  redo: z.nullable(z.string()),
});
export type HeaderView = z.infer<typeof HeaderView>;
