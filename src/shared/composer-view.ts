import * as z from 'zod/mini';
import { Count, Instant, Tokens } from './primitives.js';

export const ModelView = z.object({
  /** What `chooseModel` and `send` name. */
  id: z.string(),
  label: z.string(),
  provider: z.string(),
  /** The model's context window; null when unknown. */
  window: z.nullable(Count),
  /** What a person should know first, e.g. `No system role; reports no usage`. */
  note: z.nullable(z.string()),
});
export type ModelView = z.infer<typeof ModelView>;

/** A button that helps; the panel answers with `applySuggestion`. */
export const Remedy = z.object({ id: z.string(), label: z.string() });
export type Remedy = z.infer<typeof Remedy>;

export const ComposerState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  /** The record is written, the request is out, nothing came back yet. */
  z.object({ kind: z.literal('sending'), since: Instant }),
  /** `text` and `reasoning` are everything so far. */
  z.object({ kind: z.literal('streaming'), since: Instant, text: z.string(), reasoning: z.string() }),
  /** A sentence that says what happened, that nothing was lost and what to do. */
  z.object({
    kind: z.literal('failed'),
    message: z.string(),
    /** The person's text when it was not committed; offered back. */
    unsent: z.string(),
    remedies: z.array(Remedy),
  }),
]);
export type ComposerState = z.infer<typeof ComposerState>;

/** The composer under the compiled context (issue 6). */
export const ComposerView = z.object({
  models: z.array(ModelView),
  modelId: z.nullable(z.string()),
  /** Why nothing can be sent (read-only, detached HEAD, untrusted workspace); null when it can. */
  disabled: z.nullable(z.string()),
  /** The context alone, without the draft: what would be sent at least. */
  context: Tokens,
  /** Leading tokens that the provider's cache should still hold, so that they cost a fraction. */
  stablePrefix: Count,
  reserved: Count,
  /** Largest context that may be sent; null when unknown. */
  available: z.nullable(z.int()),
  state: ComposerState,
});
export type ComposerView = z.infer<typeof ComposerView>;
