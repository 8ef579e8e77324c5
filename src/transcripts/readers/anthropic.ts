import type { JsonObject, JsonValue } from '../../core/model/json.js';
import { contentText } from '../blocks.js';
import { dialogue, instruction, toolSettings } from '../drafts.js';
import type { Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, textAt } from '../json.js';
import { sessionTime } from '../time.js';
import { answerDrafts, blocksOf, resultDraft, splitResults, toolNames } from './anthropic-blocks.js';
import { keyOf, ListConversation } from './document.js';

/** An Anthropic request body `{system, messages, tools}`, or its messages alone (SPEC §14). */
export function readAnthropic(document: unknown, sink: Sink): void {
  const messages = Array.isArray(document) ? (document as readonly unknown[]) : (listAt(document, 'messages') ?? []);
  const system = isDict(document) ? document['system'] : undefined;
  const beginning = [JSON.stringify(system ?? null), JSON.stringify(messages[0] ?? null)];
  const list = new ListConversation(sink, keyOf('anthropic', beginning), 'anthropic');
  if (system !== undefined && system !== null) {
    list.tree.note(list.next(), [instruction(contentText(system, list.leftOut))]);
  }
  const tools = (listAt(document, 'tools') ?? []).flatMap(openAITool);
  if (tools.length > 0) list.tree.note(list.next(), [toolSettings(tools)]);
  for (const message of messages) addMessage(list, message, nameAt(document, 'model') ?? null);
}

function addMessage(list: ListConversation, message: unknown, model: string | null): void {
  const entry = list.next(sessionTime(isDict(message) ? message['timestamp'] : undefined));
  const role = textAt(message, 'role');
  if (!isDict(message) || (role !== 'user' && role !== 'assistant' && role !== 'system')) {
    list.skip(role ?? 'message', 'unknown role');
    return;
  }
  const content = message['content'];
  if (role === 'system') {
    list.tree.note(entry, [instruction(contentText(content, list.leftOut))]);
    return;
  }
  const names = toolNames(list.tree);
  if (role === 'assistant') {
    list.answer(entry, answerDrafts(blocksOf(content), names, list.leftOut), model);
    return;
  }
  const { results, rest } = splitResults(content);
  const text = rest.length === 0 ? [] : [dialogue('user', contentText(rest, list.leftOut))];
  if (results.length === 0) list.tree.prompt(entry, text);
  else
    list.tree.results(
      entry,
      results.map((block) => resultDraft(block, names, list.leftOut)),
      text,
    );
}

/** Tools are kept in OpenAI's shape (Annex B.2); a provider's own tool has only a name. */
function openAITool(tool: unknown): JsonValue[] {
  const name = nameAt(tool, 'name');
  if (name === undefined) return [];
  const parameters = (dictAt(tool, 'input_schema') ?? {}) as JsonObject;
  return [{ type: 'function', function: { name, description: textAt(tool, 'description') ?? '', parameters } }];
}
