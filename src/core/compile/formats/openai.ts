import type { CompiledMessage, MessageDict } from '../../model/context.js';
import type { ToolCall } from '../../model/metadata.js';
import type { RequestMessage } from '../../ports/model.js';

/** Stands for a tool result that is not in the context while its call is (Annex B.4). */
export const LEFT_OUT = '[left out]';

type Draft = { -readonly [K in keyof RequestMessage]: RequestMessage[K] };

/**
 * Compiled messages as OpenAI chat messages (SPEC §5, Annex B.4). A request never holds half a pair: a call's results follow it
 * in call order, hidden ones as `[left out]`; a result without its call is user text; a call or result without an id is text.
 */
export function toOpenAIMessages(messages: readonly CompiledMessage[]): RequestMessage[] {
  const results = resultsByCall(messages);
  const paired = new Set<CompiledMessage>();
  const request: Draft[] = [];
  let open: Draft | null = null;
  const close = () => {
    for (const call of open?.tool_calls ?? []) {
      const result = results.get(call.id);
      if (result) paired.add(result);
      request.push({ role: 'tool', tool_call_id: call.id, content: result?.content ?? LEFT_OUT });
    }
    open = null;
  };
  for (const message of messages) {
    const calls = message.toolCalls?.filter((call) => call.id !== '') ?? [];
    if (calls.length > 0) {
      const toolCalls = calls.map(nested);
      const last: Draft | undefined = request.at(-1);
      if (last?.role === 'assistant') {
        // The other commits of the same model call stand just before.
        last.content = joined(last.content, message.content);
        last.tool_calls = [...(last.tool_calls ?? []), ...toolCalls];
        open = last;
      } else {
        close();
        open = { role: 'assistant', content: message.content === '' ? null : message.content, tool_calls: toolCalls };
        request.push(open);
      }
      continue;
    }
    // The first thing that is no call ends the model call: its results follow, whether they stand here or later.
    close();
    if (!paired.has(message)) request.push(plain(message));
  }
  close();
  return request;
}

/** The first visible result of every call id that a visible call before it has. */
function resultsByCall(messages: readonly CompiledMessage[]): ReadonlyMap<string, CompiledMessage> {
  const called = new Set<string>();
  const results = new Map<string, CompiledMessage>();
  for (const message of messages) {
    for (const call of message.toolCalls ?? []) called.add(call.id);
    const id = message.toolCallId;
    if (id !== null && called.has(id) && !results.has(id) && message.toolCalls === null) results.set(id, message);
  }
  return results;
}

function nested(call: ToolCall) {
  return { id: call.id, type: 'function' as const, function: { name: call.name, arguments: call.arguments } };
}

function joined(before: string | null, text: string): string | null {
  if (text === '') return before;
  return before === null || before === '' ? text : `${before}\n\n${text}`;
}

function plain(message: CompiledMessage): Draft {
  const role = plainRole(message);
  const text =
    message.content === '' && message.toolCalls
      ? message.toolCalls.map((call) => `${call.name}(${call.arguments})`).join('\n')
      : message.content;
  return message.name !== null && role !== 'tool'
    ? { role, content: text, name: message.name }
    : { role, content: text };
}

/** Tool text that cannot be paired: a call is the assistant's, a result was read by it. */
function plainRole(message: CompiledMessage): RequestMessage['role'] {
  if (message.role === 'tool') return message.direction === 'call' ? 'assistant' : 'user';
  return message.role as RequestMessage['role'];
}

/** The messages as plain objects, just as compiled (SPEC §5 `toDicts`). */
export function toDicts(messages: readonly CompiledMessage[]): MessageDict[] {
  return messages.map((message) => ({
    role: message.role,
    content: message.content,
    ...(message.name === null ? {} : { name: message.name }),
    ...(message.toolCalls === null ? {} : { tool_calls: message.toolCalls.map((call) => ({ ...call })) }),
    ...(message.toolCallId === null ? {} : { tool_call_id: message.toolCallId }),
  }));
}
