import type { AnthropicBlock, CompiledContext } from '../core/model/context.js';
import type { JsonObject, JsonValue } from '../core/model/json.js';
import { dictAt, isDict, nameAt, textAt } from './json.js';

/** What a context can leave as (SPEC §14 "Out again"). */
export type ExportFormat = 'openai' | 'anthropic' | 'markdown' | 'claude-code';

export interface Exported {
  readonly text: string;
  /** For the file's name, without the dot. */
  readonly extension: 'json' | 'jsonl' | 'md';
  readonly languageId: 'json' | 'jsonl' | 'markdown';
}

/** What a new Claude Code session needs to know of itself. */
export interface SeedOptions {
  /** The new session's id: a UUID, also the file's name. */
  readonly sessionId: string;
  /** The folder the session works in. */
  readonly cwd: string;
  /** ISO time of its messages. */
  readonly now: string;
  /** A fresh UUID for each message. */
  readonly newId: () => string;
}

/** A context as the body of an OpenAI or Anthropic request, or as Markdown. Tool calls stay paired (SPEC Annex B.4). */
export function exportContext(context: CompiledContext, format: Exclude<ExportFormat, 'claude-code'>): Exported {
  switch (format) {
    case 'openai':
      return json({ messages: context.toOpenAI() as unknown as JsonValue, ...given('tools', context.tools) });
    case 'anthropic': {
      const { system, messages } = context.toAnthropic();
      const tools = context.tools?.flatMap(anthropicTool) ?? null;
      return json({ ...given('system', system), messages: messages, ...given('tools', tools) });
    }
    case 'markdown':
      return { text: context.toMarkdown(), extension: 'md', languageId: 'markdown' };
  }
}

/**
 * A context as a new Claude Code session, to be put where Claude Code keeps its sessions and resumed. A session file has no place for
 * a system prompt: its text becomes a first message that Claude Code does not show.
 */
export function exportSession(context: CompiledContext, options: SeedOptions): Exported {
  const { system, messages } = context.toAnthropic();
  const lines: JsonObject[] = [];
  let parentUuid: string | null = null;
  const add = (line: JsonObject): void => {
    const uuid = options.newId();
    lines.push({
      parentUuid,
      isSidechain: false,
      userType: 'external',
      cwd: options.cwd,
      sessionId: options.sessionId,
      version: '2.0.0',
      gitBranch: '',
      ...line,
      uuid,
      timestamp: options.now,
    });
    parentUuid = uuid;
  };
  if (system !== null) {
    const content = `<system-reminder>\n${system}\n</system-reminder>`;
    add({ type: 'user', isMeta: true, message: { role: 'user', content } });
  }
  for (const { role, content } of messages) {
    if (role === 'user') add({ type: 'user', message: { role, content: content as JsonValue } });
    else add({ type: 'assistant', message: answer(options.newId(), content) });
  }
  return { text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), extension: 'jsonl', languageId: 'jsonl' };
}

/** Claude Code reads answers as the API gives them; these were never paid for in the new session. */
function answer(id: string, content: string | readonly AnthropicBlock[]): JsonObject {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const calls = blocks.some((block) => block.type === 'tool_use');
  return {
    id: `msg_${id.replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model: '<synthetic>',
    content: blocks,
    stop_reason: calls ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  };
}

function anthropicTool(tool: JsonValue): JsonObject[] {
  const definition = dictAt(tool, 'function');
  const name = nameAt(definition, 'name');
  if (definition === undefined || name === undefined) return isDict(tool) ? [tool] : [];
  const schema = (dictAt(definition, 'parameters') ?? { type: 'object' }) as JsonObject;
  return [{ name, description: textAt(definition, 'description') ?? '', input_schema: schema }];
}

function given(key: string, value: JsonValue | null): JsonObject {
  return value === null ? {} : { [key]: value };
}

function json(value: JsonObject): Exported {
  return { text: `${JSON.stringify(value, null, 2)}\n`, extension: 'json', languageId: 'json' };
}
