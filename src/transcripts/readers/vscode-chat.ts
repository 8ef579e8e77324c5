import type { JsonObject } from '../../core/model/json.js';
import { attachedFile, dialogue, reasoning, toolCall, toolResult, type Draft } from '../drafts.js';
import type { Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, numberAt, textAt, type Dict } from '../json.js';
import { sessionTime } from '../time.js';
import { keyOf, ListConversation } from './document.js';

/** Parts of a response that show something happening and hold no text of the conversation. */
const SHOWN_ONLY: ReadonlySet<string> = new Set([
  'progressMessage',
  'progressTask',
  'progressTaskSerialized',
  'prepareToolInvocation',
  'mcpServersStarting',
  'undoStop',
  'codeblockUri',
  'command',
  'confirmation',
  'elicitation',
]);

/** A chat exported by VS Code (`Chat: Export Chat…`): requests with the parts of their responses (SPEC §14). */
export function readVSCodeChat(document: unknown, sink: Sink): void {
  const requests = listAt(document, 'requests') ?? [];
  const first = requests[0];
  const id = nameAt(document, 'sessionId') ?? nameAt(first, 'requestId');
  const key = id ?? keyOf('vscode-chat', [JSON.stringify(dictAt(first, 'message') ?? null)]);
  const list = new ListConversation(sink, key, 'vscode-chat', { calls: true });
  const title = nameAt(document, 'customTitle');
  if (title !== undefined) sink({ kind: 'info', session: key, title });
  for (const request of requests) addRequest(list, request);
  list.tree.finish();
}

function addRequest(list: ListConversation, request: unknown): void {
  const asked = sessionTime(isDict(request) ? request['timestamp'] : undefined);
  if (!isDict(request)) {
    list.next(asked);
    list.skip('request', 'not an object');
    return;
  }
  const files = attachments(request, list);
  const prompt = list.next(asked);
  const id = nameAt(request, 'requestId') ?? prompt.id;
  list.tree.prompt({ ...prompt, id }, [...files, dialogue('user', promptText(request))]);
  const rounds = listAt(dictAt(dictAt(request, 'result'), 'metadata'), 'toolCallRounds') ?? [];
  if (rounds.length > 0) addRounds(list, request, id, rounds);
  else addParts(list, request, id);
}

function promptText(request: Dict): string {
  const message = request['message'];
  if (typeof message === 'string') return message;
  const parts = (listAt(message, 'parts') ?? []).map((part) => textAt(part, 'text') ?? '');
  return textAt(message, 'text') ?? parts.join('');
}

/** The model's own rounds, where the export has them: each is one call. */
function addRounds(list: ListConversation, request: Dict, id: string, rounds: readonly unknown[]): void {
  const results = dictAt(dictAt(dictAt(request, 'result'), 'metadata'), 'toolCallResults') ?? {};
  rounds.forEach((round, index) => {
    const drafts: Draft[] = [];
    const thought = thinking(dictAt(round, 'thinking'));
    if (thought !== '') drafts.push(reasoning(thought, 'parsed'));
    const text = textAt(round, 'response') ?? '';
    const calls = (listAt(round, 'toolCalls') ?? []).filter(isDict);
    if (text !== '' || calls.length === 0) drafts.push(dialogue('assistant', text));
    for (const call of calls)
      drafts.push(toolCall(nameAt(call, 'id'), nameAt(call, 'name') ?? 'unnamed', call['arguments']));
    const isLast = index === rounds.length - 1;
    addCall(list, request, nameAt(round, 'id') ?? `${id}/round-${index + 1}`, drafts, isLast, round);
    for (const call of calls) {
      const callId = nameAt(call, 'id');
      const result = callId === undefined ? undefined : results[callId];
      if (callId === undefined || result === undefined) continue;
      list.tree.results(list.next(), [toolResult(callId, nameAt(call, 'name') ?? 'tool', valueText(result), false)]);
    }
  });
}

/** What was shown, where the export has no more than that. */
function addParts(list: ListConversation, request: Dict, id: string): void {
  const drafts: Draft[] = [];
  const results: Draft[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') drafts.push(dialogue('assistant', text));
    text = '';
  };
  const response = request['response'];
  for (const part of listAt(request, 'response') ?? (typeof response === 'string' ? [response] : [])) {
    const kind = textAt(part, 'kind');
    if (kind === 'toolInvocationSerialized' || kind === 'toolInvocation') {
      flush();
      const [call, result] = shownTool(part);
      drafts.push(call);
      if (result !== undefined) results.push(result);
    } else if (kind === 'thinking') {
      flush();
      drafts.push(reasoning(thinking(isDict(part) ? part : undefined), 'parsed'));
    } else {
      text += partText(list, kind, part);
    }
  }
  flush();
  const failure = nameAt(dictAt(dictAt(request, 'result'), 'errorDetails'), 'message');
  if (drafts.length === 0 && failure === undefined) return;
  if (drafts.length === 0) drafts.push(dialogue('assistant', failure ?? ''));
  addCall(list, request, nameAt(request, 'responseId') ?? `${id}/response`, drafts, true);
  for (const result of results) list.tree.results(list.next(), [result]);
}

function addCall(
  list: ListConversation,
  request: Dict,
  key: string,
  drafts: readonly Draft[],
  isLast: boolean,
  round?: unknown,
): void {
  const result = dictAt(request, 'result');
  const single = (listAt(dictAt(result, 'metadata'), 'toolCallRounds') ?? []).length <= 1;
  list.tree.answer({
    ...list.next(isDict(round) ? sessionTime(round['timestamp']) : undefined),
    keys: [key],
    drafts,
    model: nameAt(round, 'modelId') ?? modelOf(request),
    usage: isLast ? reported(request) : null,
    finishReason: request['isCanceled'] === true && isLast ? 'cancelled' : 'stop',
    latencyMs: single ? (numberAt(dictAt(result, 'timings'), 'totalElapsed') ?? null) : null,
  });
}

/** The model that answered: where the person left the choice to Copilot, the one that was chosen. */
function modelOf(request: Dict): string | null {
  const asked = nameAt(request, 'modelId');
  const resolved = nameAt(dictAt(dictAt(request, 'result'), 'metadata'), 'resolvedModel');
  return (asked === undefined || asked.endsWith('/auto') ? resolved : undefined) ?? asked ?? null;
}

/** Newer versions keep what the provider reported for a request's last round; each had another place and other names for it. */
function reported(request: Dict): JsonObject | null {
  const result = dictAt(request, 'result');
  const metadata = dictAt(result, 'metadata');
  const places = [dictAt(result, 'usage'), dictAt(metadata, 'usage'), request, metadata];
  for (const place of places) {
    const prompt = count(place, ['promptTokens', 'prompt_tokens']);
    const completion = count(place, ['completionTokens', 'completion_tokens', 'outputTokens']);
    if (prompt !== undefined && completion !== undefined)
      return { prompt_tokens: prompt, completion_tokens: completion };
  }
  return null;
}

function count(place: Dict | undefined, keys: readonly string[]): number | undefined {
  const value = keys.map((key) => numberAt(place, key)).find((figure) => figure !== undefined);
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function partText(list: ListConversation, kind: string | undefined, part: unknown): string {
  if (typeof part === 'string') return part;
  if (kind === undefined || kind === 'markdownContent' || kind === 'markdownVuln' || kind === 'warning') {
    return textAt(part, 'value') ?? markdown(part) ?? '';
  }
  if (kind === 'inlineReference') {
    const reference = dictAt(part, 'inlineReference');
    const path = nameAt(reference, 'path') ?? nameAt(dictAt(reference, 'uri'), 'path');
    return `\`${nameAt(part, 'name') ?? nameAt(reference, 'name') ?? path ?? 'reference'}\``;
  }
  if (kind === 'textEditGroup' || kind === 'notebookEditGroup') {
    const path = nameAt(dictAt(part, 'uri'), 'path') ?? nameAt(dictAt(part, 'uri'), 'fsPath') ?? 'a file';
    list.skip(kind, `edits of ${path}: left out, a placeholder stands in their place`);
    return `\n[edits left out: ${path}]\n`;
  }
  list.skip(kind, SHOWN_ONLY.has(kind) ? 'no message' : 'unknown part');
  return '';
}

function markdown(part: unknown): string | undefined {
  const content = isDict(part) ? part['content'] : undefined;
  return typeof content === 'string' ? content : textAt(content, 'value');
}

function shownTool(part: unknown): readonly [Draft, Draft | undefined] {
  const id = nameAt(part, 'toolCallId');
  const name = nameAt(part, 'toolId') ?? 'tool';
  const details = isDict(part) ? part['resultDetails'] : undefined;
  const input = textAt(details, 'input') ?? { message: messageText(part, 'invocationMessage') };
  const shown = details === undefined ? messageText(part, 'pastTenseMessage') : valueText(details);
  const failed = isDict(details) && details['isError'] === true;
  return [toolCall(id, name, input), shown === '' ? undefined : toolResult(id, name, shown, failed)];
}

function messageText(part: unknown, key: string): string {
  return textAt(part, key) ?? textAt(dictAt(part, key), 'value') ?? '';
}

function thinking(part: Dict | undefined): string {
  const value = part?.['value'] ?? part?.['text'];
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').join('\n');
  return typeof value === 'string' ? value : '';
}

/** The texts of a tool's result, whose shape differs between tools: every `value` or `text` found, in order. */
function valueText(result: unknown): string {
  const found: string[] = [];
  collect(result, found, 0);
  return found.length > 0 ? found.join('\n') : JSON.stringify(result ?? null);
}

const MAX_DEPTH = 64;

function collect(value: unknown, found: string[], depth: number): void {
  if (depth > MAX_DEPTH || value === null) return;
  if (typeof value === 'string') {
    if (depth === 0) found.push(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found, depth + 1);
  } else if (isDict(value)) {
    const text = textAt(value, 'value') ?? textAt(value, 'text');
    if (text !== undefined) found.push(text);
    else for (const inner of Object.values(value)) collect(inner, found, depth + 1);
  }
}

/** Files and selections the person attached, with their text where the export holds it. */
function attachments(request: Dict, list: ListConversation): Draft[] {
  return (listAt(dictAt(request, 'variableData'), 'variables') ?? []).flatMap((variable) => {
    const value = isDict(variable) ? variable['value'] : undefined;
    const uri = dictAt(value, 'uri') ?? dictAt(value, 'value') ?? (isDict(value) ? value : undefined);
    const path = nameAt(uri, 'path') ?? nameAt(uri, 'fsPath') ?? nameAt(variable, 'name') ?? 'attachment';
    if (typeof value === 'string') return [attachedFile(path, value)];
    list.skip('attachment', `${path.slice(0, 200)}: the export holds no text of it`);
    return [];
  });
}
