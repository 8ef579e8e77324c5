import { contentText, type LeftOut } from '../blocks.js';
import { jsonText, dialogue, instruction, reasoning, toolCall, toolResult, type Draft } from '../drafts.js';
import { dictAt, isDict, listAt, nameAt, textAt, type Dict } from '../json.js';
import type { ToolNames } from './anthropic-blocks.js';

/** What an item of OpenAI's Responses API is: who speaks, and the commits it makes. */
export type ResponseItem =
  | { readonly side: 'user' | 'system' | 'answer' | 'result'; readonly drafts: readonly Draft[] }
  /** Holds no message. */
  | { readonly side: 'none' };

/** Reads one item of a Responses input, or of a Codex rollout, which keeps the same items (SPEC §14). */
export function readResponseItem(item: Dict, names: ToolNames, leftOut: LeftOut): ResponseItem | undefined {
  const type = textAt(item, 'type') ?? (textAt(item, 'role') === undefined ? '' : 'message');
  if (type === 'message') return message(item, leftOut);
  if (type === 'reasoning') return { side: 'answer', drafts: [reasoning(reasoningParts(item).join('\n\n'), 'parsed')] };
  if (type.endsWith('_call_output') || type === 'tool_search_output') {
    return { side: 'result', drafts: [result(item, names, leftOut)] };
  }
  if (type.endsWith('_call')) return { side: 'answer', drafts: [call(type, item, leftOut)] };
  return type === 'ghost_snapshot' || type === 'item_reference' || type === 'other' ? { side: 'none' } : undefined;
}

/** The readable parts of a reasoning item, or one that says that it is encrypted. */
export function reasoningParts(item: Dict): readonly string[] {
  const parts = [...(listAt(item, 'summary') ?? []), ...(listAt(item, 'content') ?? [])]
    .map((part) => (typeof part === 'string' ? part : textAt(part, 'text')))
    .filter((text) => text !== undefined);
  if (parts.length > 0) return parts;
  const encrypted = textAt(item, 'encrypted_content');
  return encrypted === undefined ? [''] : [`[encrypted reasoning, ${encrypted.length} characters]`];
}

function message(item: Dict, leftOut: LeftOut): ResponseItem {
  const text = contentText(item['content'], leftOut);
  const role = textAt(item, 'role');
  if (role === 'assistant') return { side: 'answer', drafts: [dialogue('assistant', text)] };
  if (role === 'system' || role === 'developer') return { side: 'system', drafts: [instruction(text)] };
  return { side: 'user', drafts: [dialogue('user', text)] };
}

function call(type: string, item: Dict, leftOut: LeftOut): Draft {
  const name = nameAt(item, 'name') ?? type.slice(0, -'_call'.length);
  const input = item['arguments'] ?? item['input'] ?? item['action'];
  if (input !== undefined) return toolCall(nameAt(item, 'call_id'), name, input);
  const rest = Object.entries(item).filter(([key]) => !['type', 'id', 'call_id', 'status', 'result'].includes(key));
  if (typeof item['result'] === 'string') leftOut(type, 'its result: left out');
  return toolCall(nameAt(item, 'call_id'), name, Object.fromEntries(rest));
}

function result(item: Dict, names: ToolNames, leftOut: LeftOut): Draft {
  const id = nameAt(item, 'call_id');
  const name = (id === undefined ? undefined : names(id)) ?? 'tool';
  const output = item['output'] ?? item['tools'];
  // Some versions wrapped it: {content, success}; what else an object may be is kept as its JSON.
  const inner = isDict(output) ? (output['content'] ?? output['output'] ?? jsonText(output)) : output;
  const failed = dictAt(item, 'output')?.['success'] === false || item['status'] === 'failed';
  return toolResult(id, name, contentText(inner, leftOut, '\n'), failed);
}
