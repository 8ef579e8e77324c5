import * as z from 'zod/mini';
import { Count, Hash, Instant, Priority, Role, Tokens } from './primitives.js';

/** Longest `MessageView.text` a snapshot carries, in UTF-16 units; the rest comes with the request `loadText`. */
export const PREVIEW_LENGTH = 600;

export const ToolCallView = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
export type ToolCallView = z.infer<typeof ToolCallView>;

/** One message of a compiled context, or one that `skip` keeps out of it. */
export const MessageView = z.object({
  /** The commit that owns the message: edits never change it (SPEC §2). */
  hash: Hash,
  role: Role,
  contentType: z.string(),
  /** A directive's, tool's or participant's name. */
  name: z.nullable(z.string()),
  /** For attached files, the path in the workspace. */
  path: z.nullable(z.string()),
  /** As it compiles; at most `PREVIEW_LENGTH`. */
  text: z.string(),
  /** Length of the whole text; greater than `text.length` means that it was cut. */
  textLength: Count,
  /** False for messages that are skipped: they are listed, dimmed, and count for nothing. */
  inContext: z.boolean(),
  tokens: Tokens,
  priority: Priority,
  edited: z.boolean(),
  toolCalls: z.array(ToolCallView),
  /** For a tool's answer. */
  toolCallId: z.nullable(z.string()),
  /** For a tool's answer: whether the tool said it failed. */
  failed: z.boolean(),
  /** For a summary: how many messages it stands for; else 0. */
  summarises: Count,
  author: z.nullable(z.string()),
  createdAt: Instant,
});
export type MessageView = z.infer<typeof MessageView>;

/** The compiled context of one commit (SPEC §15 *Context*). Messages in the order in which they compile. */
export const ContextView = z.object({
  /** The commit that was compiled; null for an empty tract. */
  at: z.nullable(Hash),
  /** How a person would name it: `main`, `HEAD~2`, `1a2b3c4d`. */
  label: z.string(),
  messages: z.array(MessageView),
  /** The whole context's tokens: reported for this very commit, else the estimate. */
  total: Tokens,
  /** `tiktoken:o200k_base`, `api:100+50`, or `''`. */
  tokenSource: z.string(),
  unseen: Count,
  /**
   * How far a provider's prompt cache holds: the leading visible messages that equal those of the last record. Null when no
   * request was sent yet. Changing anything above this line makes the model read everything below the change anew.
   */
  cachedUpTo: z.nullable(
    z.object({ messages: Count, tokens: Count, model: z.nullable(z.string()), recordedAt: Instant }),
  ),
});
export type ContextView = z.infer<typeof ContextView>;
