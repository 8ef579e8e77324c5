import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.js';
import type { CountableMessage, CountableToolCall } from '../messages.js';

/**
 * What counts of a message as a request writes it, OpenAI's or Anthropic's (SPEC §6); null when it is none. Blocks of text are
 * joined by a blank line, as import does; images and other data have no count here.
 */
export function chatMessage(value: JsonValue): CountableMessage | null {
  if (!isJsonObject(value)) return null;
  const role = text(value['role']);
  if (role === null) return null;
  const blocks = blocksOf(value['content']);
  return {
    role,
    content: contentText(value['content']),
    name: text(value['name']),
    toolCalls: [...toolCalls(value), ...blocks.filter(({ type }) => type === 'tool_use').map(toolUse)],
    toolCallId: text(value['tool_call_id']) ?? firstText(blocks, 'tool_use_id'),
  };
}

/** The text of a content: a string, or the texts of its blocks. */
export function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return blocksOf(content)
    .map((block) =>
      typeof block['text'] === 'string' ? block['text'] : (text(block['thinking']) ?? contentText(block['content'])),
    )
    .filter((part) => part !== '')
    .join('\n\n');
}

function blocksOf(content: JsonValue | undefined): readonly JsonObject[] {
  if (!isList(content)) return [];
  return content.flatMap((block) =>
    typeof block === 'string' ? [{ text: block }] : isJsonObject(block) ? [block] : [],
  );
}

/** OpenAI's `tool_calls`, nested or flat, and the older `function_call`. */
function toolCalls(message: JsonObject): CountableToolCall[] {
  const calls = isList(message['tool_calls']) ? message['tool_calls'] : [];
  const older = message['function_call'];
  return [...calls, ...(older === undefined ? [] : [older])].filter(isJsonObject).map((call) => {
    const made = isJsonObject(call['function']) ? call['function'] : call;
    return { id: text(call['id']), name: text(made['name']) ?? '', arguments: json(made['arguments']) };
  });
}

function toolUse(block: JsonObject): CountableToolCall {
  return { id: text(block['id']), name: text(block['name']) ?? '', arguments: json(block['input']) };
}

/** Arguments are sent as a string; written as an object they count as its JSON. */
function json(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}

function firstText(blocks: readonly JsonObject[], key: string): string | null {
  return blocks.map((block) => text(block[key])).find((value) => value !== null) ?? null;
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
