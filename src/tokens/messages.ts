import { canonicalJson } from '../core/model/canonical.js';
import type { JsonValue } from '../core/model/json.js';
import type { Tokenizer } from '../core/ports/tokenizer.js';

/** What of a message counts. Absent, null and empty are the same. */
export interface CountableMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly name?: string | null;
  readonly toolCalls?: readonly CountableToolCall[] | null;
  readonly toolCallId?: string | null;
}

export interface CountableToolCall {
  readonly id?: string | null;
  readonly name: string;
  /** The JSON string as the model wrote it. */
  readonly arguments: string;
}

const PER_MESSAGE = 3;
const PER_NAME = 1;
/** Every answer is primed with `<|start|>assistant<|message|>`. */
export const PER_REQUEST = 3;

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
export function countMessage(tokenizer: Tokenizer, message: CountableMessage): number {
  const { role, content, name, toolCalls, toolCallId } = message;
  const text = [role, content, name, toolCallId].reduce((sum, value) => sum + countValue(tokenizer, value), 0);
  return PER_MESSAGE + text + (isPresent(name) ? PER_NAME : 0) + countToolCalls(tokenizer, toolCalls ?? []);
}

/** Tokens of the ids, names and arguments of tool calls. */
export function countToolCalls(tokenizer: Tokenizer, toolCalls: readonly CountableToolCall[]): number {
  return toolCalls
    .flatMap((call) => [call.id, call.name, call.arguments])
    .reduce((sum: number, value) => sum + countValue(tokenizer, value), 0);
}

/** Tokens of tool definitions: those of their canonical JSON (compact, keys sorted). */
export function countTools(tokenizer: Tokenizer, tools: readonly JsonValue[]): number {
  return tools.length === 0 ? 0 : tokenizer.count(canonicalJson(tools));
}

function countValue(tokenizer: Tokenizer, value: string | null | undefined): number {
  return isPresent(value) ? tokenizer.count(value) : 0;
}

function isPresent(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== '';
}
