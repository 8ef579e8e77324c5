import type { Tokenizer } from '../ports/tokenizer.js';

/** Tokens that every message costs, and that end every request (SPEC §6). */
const PER_MESSAGE = 3;
const PER_NAME = 1;
export const PER_REQUEST = 3;

/** What of a tool call counts; absent, null and empty are the same. */
export interface CountableToolCall {
  readonly id?: string | null;
  readonly name: string;
  /** The JSON text as the model wrote it. */
  readonly arguments: string;
}

/** Tokens of a message's tool calls (ids, names, arguments) and tool call id. */
export function toolTokens(
  tokenizer: Tokenizer,
  toolCalls: readonly CountableToolCall[] | null | undefined,
  toolCallId: string | null | undefined,
): number {
  const calls = (toolCalls ?? []).flatMap((call) => [call.id, call.name, call.arguments]);
  return [...calls, toolCallId].reduce((sum: number, value) => sum + countValue(tokenizer, value), 0);
}

/** Tokens of one message without the request's final 3 (SPEC §6). */
export function messageTokens(
  tokenizer: Tokenizer,
  message: {
    readonly role: string;
    readonly name?: string | null;
    readonly textTokens: number;
    readonly toolTokens: number;
  },
): number {
  const name = message.name ? PER_NAME + tokenizer.count(message.name) : 0;
  return PER_MESSAGE + roleTokens(tokenizer, message.role) + message.textTokens + name + message.toolTokens;
}

/** Roles are a handful of words, and each message has one. */
const roles = new WeakMap<Tokenizer, Map<string, number>>();
const MAX_ROLES = 16;

function roleTokens(tokenizer: Tokenizer, role: string): number {
  const known = roles.get(tokenizer) ?? new Map<string, number>();
  const counted = known.get(role);
  if (counted !== undefined) return counted;
  const tokens = tokenizer.count(role);
  if (known.size < MAX_ROLES) roles.set(tokenizer, known.set(role, tokens));
  return tokens;
}

function countValue(tokenizer: Tokenizer, value: string | null | undefined): number {
  return value ? tokenizer.count(value) : 0;
}
