import type { JsonObject, JsonValue } from '../../core/model/json.js';
import { dialogue, instruction, toolSettings, type Draft } from '../drafts.js';
import type { Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, textAt } from '../json.js';
import { toolNames } from './anthropic-blocks.js';
import { keyOf, ListConversation } from './document.js';
import { readResponseItem } from './response-items.js';

/** The input of OpenAI's Responses API: items, or a request body `{input, instructions, tools}` (SPEC §14). */
export function readOpenAIResponses(document: unknown, sink: Sink): void {
  const items = Array.isArray(document)
    ? (document as readonly unknown[])
    : [...(listAt(document, 'input') ?? []), ...(listAt(document, 'output') ?? [])];
  const instructions = nameAt(document, 'instructions');
  const prompt = nameAt(document, 'input');
  const beginning = [instructions ?? '', prompt ?? JSON.stringify(items[0] ?? null)];
  const list = new ListConversation(sink, keyOf('openai-responses', beginning), 'openai-responses');
  if (instructions !== undefined) list.tree.note(list.next(), [instruction(instructions)]);
  const tools = (listAt(document, 'tools') ?? []).flatMap(chatTool);
  if (tools.length > 0) list.tree.note(list.next(), [toolSettings(tools)]);
  if (prompt !== undefined) list.tree.prompt(list.next(), [dialogue('user', prompt)]);
  addItems(list, items, nameAt(document, 'model') ?? null);
}

function addItems(list: ListConversation, items: readonly unknown[], model: string | null): void {
  /** Items of one answer follow each other: its first one names the call. */
  let answer: string | undefined;
  for (const item of items) {
    const entry = list.next();
    const read = isDict(item) ? readResponseItem(item, toolNames(list.tree), list.leftOut) : undefined;
    if (read === undefined || read.side === 'none') {
      list.skip(textAt(item, 'type') ?? 'item', read === undefined ? 'unknown item' : 'no message');
      continue;
    }
    const drafts: readonly Draft[] = read.drafts;
    if (read.side === 'answer') {
      answer ??= entry.id;
      list.tree.answer({ ...entry, keys: [answer], drafts, model, usage: null, finishReason: 'stop' });
      continue;
    }
    answer = undefined;
    if (read.side === 'user') list.tree.prompt(entry, drafts);
    else if (read.side === 'system') list.tree.note(entry, drafts);
    else list.tree.results(entry, drafts);
  }
}

/** A function of the Responses API in the chat API's shape; tools that the provider runs itself are kept as they are. */
function chatTool(tool: unknown): JsonValue[] {
  const name = nameAt(tool, 'name');
  if (!isDict(tool)) return [];
  if (name === undefined || textAt(tool, 'type') !== 'function') return [tool as JsonObject];
  const parameters = (dictAt(tool, 'parameters') ?? {}) as JsonObject;
  return [{ type: 'function', function: { name, description: textAt(tool, 'description') ?? '', parameters } }];
}
