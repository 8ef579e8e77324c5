import type { AnthropicBlock, AnthropicRequest, CompiledMessage } from '../../model/context.js';
import type { JsonValue } from '../../model/json.js';
import type { RequestMessage } from '../../ports/model.js';
import { toOpenAIMessages } from './openai.js';

/**
 * Compiled messages as an Anthropic request (SPEC §5): system texts joined by a blank line, tool calls and results as blocks,
 * messages of one role joined. Pairing is the same as for OpenAI.
 */
export function toAnthropicRequest(messages: readonly CompiledMessage[]): AnthropicRequest {
  return fromRequestMessages(toOpenAIMessages(messages));
}

/** The same from OpenAI-shaped messages: what a provider gets to send. */
export function fromRequestMessages(messages: readonly RequestMessage[]): AnthropicRequest {
  const system: string[] = [];
  const turns: { role: 'user' | 'assistant'; blocks: AnthropicBlock[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system') {
      system.push(message.content ?? '');
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocksOf(message));
    else turns.push({ role, blocks: blocksOf(message) });
  }
  return {
    system: system.length > 0 ? system.join('\n\n') : null,
    messages: turns.map(({ role, blocks }) => ({ role, content: textOnly(blocks) ?? blocks.filter(saysSomething) })),
  };
}

/** Models write blank texts before their tool calls; the API takes none back. */
export function saysSomething(block: AnthropicBlock): boolean {
  return block.type !== 'text' || block.text.trim() !== '';
}

/** One message's blocks, without regard to its role. */
export function blocksOf(message: RequestMessage): AnthropicBlock[] {
  if (message.tool_call_id !== undefined)
    return [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: message.content ?? '' }];
  const blocks: AnthropicBlock[] = message.content === null ? [] : [{ type: 'text', text: message.content }];
  for (const call of message.tool_calls ?? [])
    blocks.push({ type: 'tool_use', id: call.id, name: call.function.name, input: parsed(call.function.arguments) });
  return blocks;
}

function textOnly(blocks: readonly AnthropicBlock[]): string | null {
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return texts.length === blocks.length ? texts.join('\n\n') : null;
}

/** Anthropic takes the arguments parsed; a text that is no JSON object is kept under one key rather than dropped. */
function parsed(json: string): JsonValue {
  try {
    const value = JSON.parse(json === '' ? '{}' : json) as JsonValue;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
  } catch {
    return { arguments: json };
  }
}
