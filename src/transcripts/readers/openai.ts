import type { JsonValue } from '../../core/model/json.js';
import { contentText } from '../blocks.js';
import { dialogue, instruction, reasoning, toolCall, toolResult, toolSettings, type Draft } from '../drafts.js';
import type { Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, textAt, type Dict } from '../json.js';
import { sessionTime } from '../time.js';
import { keyOf, ListConversation } from './document.js';

/** Messages up to and including the first of the user name a conversation. */
function beginning(messages: readonly unknown[]): string[] {
  const first = messages.findIndex((message) => textAt(message, 'role') === 'user');
  return messages.slice(0, first < 0 ? 1 : first + 1).map((message) => JSON.stringify(message ?? null));
}

/** An OpenAI chat: a list of messages, or a request body `{messages, tools}` (SPEC §14). */
export function readOpenAI(document: unknown, sink: Sink): void {
  const messages = Array.isArray(document) ? (document as readonly unknown[]) : (listAt(document, 'messages') ?? []);
  const list = new ListConversation(sink, keyOf('openai', beginning(messages)), 'openai');
  const tools = (listAt(document, 'tools') ?? listAt(document, 'functions')?.map(toolOf) ?? []) as readonly JsonValue[];
  if (tools.length > 0) list.tree.note(list.next(), [toolSettings(tools)]);
  for (const message of messages) addOpenAIMessage(list, message, nameAt(document, 'model') ?? null);
}

/** Functions were what tools are now. */
function toolOf(definition: unknown): unknown {
  return { type: 'function', function: definition };
}

/** Adds one message of OpenAI's chat format. */
export function addOpenAIMessage(list: ListConversation, message: unknown, model: string | null): void {
  const entry = list.next(sessionTime(isDict(message) ? (message['timestamp'] ?? message['created_at']) : undefined));
  if (!isDict(message)) {
    list.skip('message', 'not an object');
    return;
  }
  const role = textAt(message, 'role');
  const name = nameAt(message, 'name') ?? null;
  const text = contentText(message['content'], list.leftOut);
  switch (role) {
    case 'system':
    case 'developer':
      list.tree.note(entry, [instruction(text)]);
      return;
    case 'user':
      list.tree.prompt(entry, [dialogue('user', text, name)]);
      return;
    case 'assistant':
      list.answer(entry, assistantDrafts(message, text, name), nameAt(message, 'model') ?? model);
      return;
    case 'tool':
    case 'function': {
      const id = nameAt(message, 'tool_call_id');
      const tool = name ?? (id === undefined ? undefined : list.tree.toolName(id)) ?? 'tool';
      list.tree.results(entry, [toolResult(id, tool, text, false)]);
      return;
    }
    case undefined:
    default:
      list.skip(role ?? 'message', 'unknown role');
  }
}

function assistantDrafts(message: Dict, text: string, name: string | null): readonly Draft[] {
  const drafts: Draft[] = [];
  const thought = nameAt(message, 'reasoning_content') ?? nameAt(message, 'reasoning');
  if (thought !== undefined) drafts.push(reasoning(thought, 'parsed'));
  const refusal = nameAt(message, 'refusal');
  const calls = listAt(message, 'tool_calls') ?? [];
  const legacy = dictAt(message, 'function_call');
  if (text !== '' || (calls.length === 0 && legacy === undefined && refusal === undefined)) {
    drafts.push(dialogue('assistant', text, name));
  }
  if (refusal !== undefined) drafts.push(dialogue('assistant', refusal, name));
  for (const call of calls) {
    const made = dictAt(call, 'function') ?? dictAt(call, 'custom') ?? (isDict(call) ? call : {});
    const input = made['arguments'] ?? made['input'];
    drafts.push(toolCall(nameAt(call, 'id'), nameAt(made, 'name') ?? 'unnamed', input));
  }
  if (legacy !== undefined) drafts.push(toolCall(undefined, nameAt(legacy, 'name') ?? 'unnamed', legacy['arguments']));
  return drafts;
}
