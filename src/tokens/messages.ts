import { messageTokens, PER_REQUEST, toolTokens, type CountableToolCall } from '../core/compile/message-tokens.js';
import { canonicalJson } from '../core/model/canonical.js';
import type { JsonValue } from '../core/model/json.js';
import type { Tokenizer } from '../core/ports/tokenizer.js';

export type { CountableToolCall };

/** What of a message counts. Absent, null and empty are the same. */
export interface CountableMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly name?: string | null;
  readonly toolCalls?: readonly CountableToolCall[] | null;
  readonly toolCallId?: string | null;
}

/** Tokens of a list of messages with their tools (SPEC §6): `[user "Hello"]` = 8. No messages → 0, but for the tools. */
export function countMessages(
  tokenizer: Tokenizer,
  messages: readonly CountableMessage[],
  tools: readonly JsonValue[] = [],
): number {
  const own = messages.reduce((sum, message) => sum + countMessage(tokenizer, message), 0);
  return own + (messages.length > 0 ? PER_REQUEST : 0) + countTools(tokenizer, tools);
}

/** Tokens of one message, without the 3 that every request has once. */
export function countMessage(
  tokenizer: Tokenizer,
  { role, content, name, toolCalls, toolCallId }: CountableMessage,
): number {
  const textTokens = content ? tokenizer.count(content) : 0;
  return messageTokens(tokenizer, {
    role,
    name: name ?? null,
    textTokens,
    toolTokens: toolTokens(tokenizer, toolCalls, toolCallId),
  });
}

/** Tokens of tool definitions: those of their canonical JSON (compact, keys sorted). */
export function countTools(tokenizer: Tokenizer, tools: readonly JsonValue[]): number {
  return tools.length === 0 ? 0 : tokenizer.count(canonicalJson(tools));
}
