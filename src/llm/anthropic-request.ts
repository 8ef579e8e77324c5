import type Anthropic from '@anthropic-ai/sdk';
import { blocksOf, saysSomething } from '../core/compile/formats/anthropic.js';
import { LEFT_OUT } from '../core/compile/formats/openai.js';
import type { JsonValue } from '../core/model/json.js';
import type { ModelRequest, RequestMessage } from '../core/ports/model.js';
import { requestParams } from './request-params.js';

type Body = Anthropic.MessageCreateParamsStreaming;
type Block = Anthropic.TextBlockParam | Anthropic.ToolUseBlockParam | Anthropic.ToolResultBlockParam;
interface Turn {
  readonly role: 'user' | 'assistant';
  content: Block[];
}

const BREAKPOINT = { type: 'ephemeral' } as const;

/**
 * A request in Anthropic's shape (SPEC §5, §10): system texts joined by a blank line, calls and results as blocks, same-role
 * messages joined, cache breakpoints after the tools, the system text, and the last message of `stablePrefix`.
 *
 * @throws InvalidArgumentError for a parameter that would change which context is sent.
 */
export function anthropicBody(request: ModelRequest, model: string, defaultMaxTokens: number): Body {
  const { max_tokens: maxTokens, ...params } = requestParams(request, {
    maxTokens: 'max_tokens',
    topP: 'top_p',
    topK: 'top_k',
    stop: 'stop_sequences',
    toolChoice: 'tool_choice',
  });
  const system = request.messages
    .flatMap(({ role, content }) => (role === 'system' && content ? [content] : []))
    .join('\n\n');
  const tools = request.tools.map(anthropicTool);
  const last = tools.at(-1);
  if (last !== undefined) last.cache_control = BREAKPOINT;
  return {
    ...params,
    model,
    max_tokens: typeof maxTokens === 'number' ? maxTokens : defaultMaxTokens,
    ...(system === '' ? {} : { system: [{ type: 'text', text: system, cache_control: BREAKPOINT }] }),
    messages: turns(request.messages, request.stablePrefix ?? 0),
    ...(tools.length > 0 ? { tools } : {}),
    stream: true,
  };
}

function turns(messages: readonly RequestMessage[], stablePrefix: number): Turn[] {
  const result: Turn[] = [];
  let cached: Block | undefined;
  messages.forEach((message, index) => {
    const content = blocks(message);
    if (content.length === 0) return;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const open = result.at(-1);
    if (open?.role === role) open.content.push(...content);
    else result.push({ role, content });
    if (index < stablePrefix) cached = content.at(-1);
  });
  if (cached !== undefined) cached.cache_control = BREAKPOINT;
  // A summary, or what follows a skipped prompt, may stand first; the API wants a user's message there.
  if (result[0]?.role === 'assistant') result.unshift({ role: 'user', content: [{ type: 'text', text: LEFT_OUT }] });
  // Results must come before anything else that the user says after a call.
  for (const turn of result) {
    turn.content = [...turn.content.filter(isResult), ...turn.content.filter((block) => !isResult(block))];
  }
  return result;
}

/** The blocks of core's format, without what the API refuses: blank texts, and characters in other providers' ids. */
function blocks(message: RequestMessage): Block[] {
  if (message.role === 'system') return [];
  return blocksOf(message).flatMap((block): Block[] => {
    switch (block.type) {
      case 'text':
        return saysSomething(block) ? [{ ...block }] : [];
      case 'tool_use':
        return [{ ...block, id: callId(block.id) }];
      case 'tool_result':
        return [{ ...block, tool_use_id: callId(block.tool_use_id) }];
    }
  });
}

function isResult(block: Block): boolean {
  return block.type === 'tool_result';
}

function callId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** From OpenAI's nested shape; tools already in Anthropic's own go as they are. */
function anthropicTool(tool: JsonValue): Anthropic.ToolUnion {
  const { function: nested } = (tool ?? {}) as { readonly function?: JsonValue };
  if (typeof nested !== 'object' || nested === null) return { ...(tool as object) } as Anthropic.ToolUnion;
  const { name, description, parameters } = nested as Readonly<Record<string, JsonValue>>;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
  } as unknown as Anthropic.Tool;
}
