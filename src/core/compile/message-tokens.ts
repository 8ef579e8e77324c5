import type { ToolCall } from '../model/metadata.js';
import type { Tokenizer } from '../ports/tokenizer.js';

/** Tokens that every message costs, and that end every request (SPEC §6). */
const PER_MESSAGE = 3;
const PER_NAME = 1;
export const PER_REQUEST = 3;

/** Tokens of a message's tool calls (names, arguments, ids) and tool call id. */
export function toolTokens(
  tokenizer: Tokenizer,
  toolCalls: readonly ToolCall[] | null,
  toolCallId: string | null,
): number {
  let tokens = toolCallId === null ? 0 : tokenizer.count(toolCallId);
  for (const call of toolCalls ?? [])
    tokens += tokenizer.count(call.id) + tokenizer.count(call.name) + tokenizer.count(call.arguments);
  return tokens;
}

/** Tokens of one message without the request's final 3 (SPEC §6). */
export function messageTokens(
  tokenizer: Tokenizer,
  message: { role: string; name: string | null; textTokens: number; toolTokens: number },
): number {
  const name = message.name === null || message.name === '' ? 0 : PER_NAME + tokenizer.count(message.name);
  return PER_MESSAGE + tokenizer.count(message.role) + message.textTokens + name + message.toolTokens;
}
