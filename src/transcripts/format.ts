import type { TranscriptFormat } from './events.js';
import { isDict, listAt, parseJson, textAt } from './json.js';
import { isChatLog } from './readers/chat-log.js';
import { isClaudeCodeLine } from './readers/claude-code.js';
import { isMarkdownTranscript } from './readers/markdown.js';

/** How a file is read: line by line, or as one document. */
export interface Detected {
  readonly format: TranscriptFormat;
  readonly by: 'lines' | 'document';
}

/** How much of a file's beginning is looked at. */
export const PROBE_BYTES = 256 * 1024;
const PROBE_LINES = 50;

const CODEX_LINES: ReadonlySet<string> = new Set([
  'session_meta',
  'response_item',
  'event_msg',
  'turn_context',
  'compacted',
]);
const RESPONSE_ITEM = /^(message|reasoning|compaction|.*_call|.*_call_output)$/;

/**
 * Recognises a transcript by its beginning.
 *
 * @param head the first `PROBE_BYTES` of the file, decoded; `isWhole` when there is no more.
 * @returns `document` where only the parsed whole can tell; undefined when it is none of our formats.
 */
export function detectFormat(head: string, isWhole: boolean): Detected | 'document' | undefined {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (text === '') return undefined;
  if (isChatLog(text)) return 'document';
  if (text.startsWith('{')) return (isSpread(text, isWhole) ? undefined : detectLines(text, isWhole)) ?? 'document';
  if (text.startsWith('[')) return 'document';
  return isMarkdownTranscript(text) ? { format: 'markdown', by: 'document' } : detectLines(text, isWhole);
}

/** True for one document over several lines, of which some may look like lines of another format: `{"role": …}` of a list. */
function isSpread(text: string, isWhole: boolean): boolean {
  const end = text.indexOf('\n');
  if (end < 0) return false;
  if (!isWhole) return /[{[,:]\s*$/.test(text.slice(0, end));
  try {
    JSON.parse(text);
    return text.trimEnd().includes('\n');
  } catch {
    return false;
  }
}

/** The format of a parsed JSON document; undefined when it is none of ours. */
export function documentFormat(document: unknown): TranscriptFormat | undefined {
  if (Array.isArray(document)) return listFormat(document);
  if (!isDict(document)) return undefined;
  if (listAt(document, 'requests') !== undefined) return 'vscode-chat';
  const messages = listAt(document, 'messages');
  if (messages !== undefined) {
    const tools = listAt(document, 'tools') ?? [];
    const isAnthropic =
      'system' in document ||
      'anthropic_version' in document ||
      tools.some((tool) => isDict(tool) && 'input_schema' in tool);
    return isAnthropic ? 'anthropic' : listFormat(messages);
  }
  return listAt(document, 'input') !== undefined || typeof document['input'] === 'string'
    ? 'openai-responses'
    : undefined;
}

function listFormat(items: readonly unknown[]): TranscriptFormat | undefined {
  const first = items.slice(0, PROBE_LINES);
  if (first.length === 0 || !first.every(isDict)) return undefined;
  if (first.some((item) => RESPONSE_ITEM.test(textAt(item, 'type') ?? ''))) return 'openai-responses';
  if (!first.some((item) => 'role' in item)) return undefined;
  return first.some(hasAnthropicBlocks) ? 'anthropic' : 'openai';
}

function hasAnthropicBlocks(message: unknown): boolean {
  return (listAt(message, 'content') ?? []).some((block) => {
    const type = textAt(block, 'type') ?? '';
    return (
      /^(tool_use|tool_result|thinking|redacted_thinking|server_tool_use)$/.test(type) ||
      (isDict(block) && 'source' in block)
    );
  });
}

function detectLines(text: string, isWhole: boolean): Detected | undefined {
  const lines = text.split('\n');
  const complete = isWhole ? lines : lines.slice(0, -1);
  for (const line of complete.slice(0, PROBE_LINES)) {
    const format = lineFormat(line);
    if (format !== undefined) return { format, by: 'lines' };
  }
  // A first line longer than the probe: its keys still tell.
  return complete.length === 0 ? formatOfKeys(text) : undefined;
}

function lineFormat(line: string): TranscriptFormat | undefined {
  let value: unknown;
  try {
    ({ value } = parseJson(line));
  } catch {
    return undefined;
  }
  if (!isDict(value)) return undefined;
  const type = textAt(value, 'type');
  if (type !== undefined && CODEX_LINES.has(type) && isDict(value['payload'])) return 'codex';
  if (isCodexHeader(value) || 'record_type' in value) return 'codex';
  if (isClaudeCodeLine(value)) return 'claude-code';
  if (type !== undefined && RESPONSE_ITEM.test(type) && !('message' in value)) return 'codex';
  const format = documentFormat(value);
  if (format === 'openai' || format === 'anthropic') return format;
  return format === undefined && textAt(value, 'role') !== undefined && 'content' in value ? 'openai' : undefined;
}

/** The oldest rollouts begin with a line that has no type. */
function isCodexHeader(value: object): boolean {
  return 'id' in value && 'timestamp' in value && 'instructions' in value && !('type' in value) && !('input' in value);
}

function formatOfKeys(text: string): Detected | undefined {
  if (/"type"\s*:\s*"(session_meta|response_item|event_msg|turn_context)"/.test(text))
    return { format: 'codex', by: 'lines' };
  return /"(parentUuid|isSidechain|sessionId)"\s*:/.test(text) && !/"requests"\s*:/.test(text)
    ? { format: 'claude-code', by: 'lines' }
    : undefined;
}
