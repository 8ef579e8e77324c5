import type { JsonObject, JsonValue } from '../core/model/json.js';
import { isDict } from './json.js';

/** A commit that a reader wants made; the tree decides where and when. */
export interface Draft {
  /** A content of SPEC §3. */
  readonly content: JsonObject;
  /** Compiling metadata of Annex B.2. */
  readonly metadata?: JsonObject;
  /** The tool call this makes or answers. */
  readonly toolCallId?: string;
  readonly toolName?: string;
}

export function dialogue(
  role: 'user' | 'assistant' | 'system' | 'tool',
  text: string,
  name: string | null = null,
): Draft {
  return { content: { content_type: 'dialogue', role, text, name } };
}

export function instruction(text: string): Draft {
  return { content: { content_type: 'instruction', text, name: null } };
}

export function reasoning(text: string, format: 'parsed' | 'anthropic'): Draft {
  return { content: { content_type: 'reasoning', text, format } };
}

/** A file attached by the person (SPEC §3, Annex B.2). */
export function attachedFile(path: string, content: string): Draft {
  return {
    content: { content_type: 'artifact', artifact_type: 'file', content, language: null },
    metadata: { path, role: 'user' },
  };
}

/** Tool definitions in OpenAI's shape: the setting that compiles as the context's tools (Annex B.2). */
export function toolSettings(tools: readonly JsonValue[]): Draft {
  return { content: { content_type: 'config', settings: { tools } } };
}

/** Kept in the history, never part of a context. */
export function note(kind: string, data: JsonObject = {}): Draft {
  return { content: { content_type: 'metadata', kind, data, path: null } };
}

/**
 * A tool call with the provider's id and its arguments as sent (Annex B.4).
 *
 * @param input the arguments: their JSON text as the model wrote it, or the value a provider had already parsed.
 */
export function toolCall(id: string | undefined, name: string, input: unknown): Draft {
  const sent = typeof input === 'string' ? input : jsonText(input);
  const content: JsonObject = {
    content_type: 'tool_io',
    tool_name: name,
    direction: 'call',
    payload: payloadOf(input),
    status: null,
  };
  if (id === undefined) return { content, toolName: name };
  return {
    content,
    metadata: { tool_calls: [{ id, name, arguments: sent }] },
    toolCallId: id,
    toolName: name,
  };
}

export function toolResult(id: string | undefined, name: string, text: string, failed: boolean): Draft {
  const content: JsonObject = {
    content_type: 'tool_io',
    tool_name: name,
    direction: 'result',
    payload: failed ? { error: text } : { result: text },
    status: failed ? 'error' : 'success',
  };
  return id === undefined ? { content } : { content, metadata: { tool_call_id: id }, toolCallId: id, toolName: name };
}

/** The text that tells two drafts of one kind apart. */
export function draftText(draft: Draft): string {
  const { text, content } = draft.content;
  if (typeof text === 'string') return text;
  return typeof content === 'string' ? content : (JSON.stringify(draft.content) satisfies string);
}

function payloadOf(input: unknown): JsonObject {
  if (isDict(input)) return jsonText(input) === TOO_DEEP ? { input: TOO_DEEP } : (input as JsonObject);
  if (typeof input !== 'string') return { input: jsonValue(input) };
  try {
    const parsed: unknown = JSON.parse(input);
    if (isDict(parsed) && jsonText(parsed) !== TOO_DEEP) return parsed as JsonObject;
  } catch {
    // Not JSON: a custom tool's free text.
  }
  return { input };
}

const TOO_DEEP = '"[nested too deeply, left out]"';

/** A value as JSON, or a mark where it is nested too deeply to be written. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? {});
  } catch {
    return TOO_DEEP;
  }
}

function jsonValue(value: unknown): JsonValue {
  return value === undefined ? null : (JSON.parse(jsonText(value)) as JsonValue);
}
