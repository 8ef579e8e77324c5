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
  const paired = new Set(results.values());
  const request: Draft[] = [];
  let open: ToolCall[] = [];
  const close = () => {
    for (const call of open)
      request.push({ role: 'tool', tool_call_id: call.id, content: results.get(call)?.content ?? LEFT_OUT });
    open = [];
  };
  for (const message of messages) {
    const calls = callsOf(message);
    if (calls.length > 0) {
      const last: Draft | undefined = request.at(-1);
      if (last?.role === 'assistant') {
        // The other commits of the same model call stand just before.
        last.content = joined(last.content, message.content);
        last.tool_calls = [...(last.tool_calls ?? []), ...calls.map(nested)];
      } else {
        close();
        const content = message.content === '' ? null : message.content;
        request.push({ role: 'assistant', content, tool_calls: calls.map(nested) });
      }
      open.push(...calls);
      continue;
    }
    // The first thing that is no call ends the model call: its results follow, whether they stand here or later.
    close();
    if (!paired.has(message)) request.push(plain(message));
  }
  close();
  return request;
}

/** The calls of a message that can have a result. */
function callsOf(message: CompiledMessage): readonly ToolCall[] {
  return message.toolCalls?.filter((call) => call.id !== '') ?? [];
}

/**
 * The result of every visible call that has one. Providers count their ids anew in each conversation, so that merged or imported
 * histories repeat them: a result belongs to the nearest call before it that has that id and no result yet.
 */
function resultsByCall(messages: readonly CompiledMessage[]): ReadonlyMap<ToolCall, CompiledMessage> {
  const unanswered = new Map<string, { readonly call: ToolCall; readonly message: CompiledMessage }[]>();
  const results = new Map<ToolCall, CompiledMessage>();
  for (const message of messages) {
    for (const call of callsOf(message)) {
      const waiting = unanswered.get(call.id) ?? [];
      waiting.push({ call, message });
      unanswered.set(call.id, waiting);
    }
    const waiting = unanswered.get(message.toolCallId ?? '') ?? [];
    const nearest = waiting.at(-1);
    if (!nearest || message.toolCalls !== null) continue;
    // Of one message that says an id twice, the calls are answered in their order.
    const [answered] = waiting.splice(
      waiting.findIndex((one) => one.message === nearest.message),
      1,
    );
    if (answered) results.set(answered.call, message);
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
