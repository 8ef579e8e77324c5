import { cloneJson } from './canonical.js';
import { ContentValidationError } from './errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

/** A tool call; `arguments` is the JSON text exactly as the model wrote it (Annex A). */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** The metadata that compiles (Annex B.2): exactly these five, fixed once the commit is made. */
export interface CompilingMetadata {
  readonly toolCalls: readonly ToolCall[] | null;
  readonly toolCallId: string | null;
  readonly name: string | null;
  readonly role: string | null;
  readonly path: string | null;
}

const NONE: CompilingMetadata = { toolCalls: null, toolCallId: null, name: null, role: null, path: null };
const ROLES = new Set(['user', 'assistant', 'system', 'tool']);

/**
 * Validates metadata and reads what compiles. Tool calls may come flat or in OpenAI's nested shape (Annex A).
 * @throws ContentValidationError when a compiling key has the wrong shape.
 */
export function parseMetadata(value: unknown): {
  readonly metadata: JsonObject | null;
  readonly compiling: CompilingMetadata;
} {
  if (value === undefined || value === null) return { metadata: null, compiling: NONE };
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ContentValidationError('Metadata must be an object. Nothing was stored.');
  const metadata = cloneJson(value) as JsonObject;
  return { metadata, compiling: compilingMetadata(metadata) };
}

/** What compiles of stored metadata. */
export function compilingMetadata(metadata: JsonObject | null): CompilingMetadata {
  if (metadata === null) return NONE;
  const role = text(metadata, 'role');
  if (role !== null && !ROLES.has(role))
    throw new ContentValidationError(`metadata.role must be user, assistant, system or tool. Nothing was stored.`);
  const calls = own(metadata, 'tool_calls');
  return {
    toolCalls: calls === null ? null : toolCalls(calls),
    toolCallId: text(metadata, 'tool_call_id'),
    name: text(metadata, 'name'),
    role,
    path: text(metadata, 'path'),
  };
}

function own(object: JsonObject, key: string): JsonValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

function text(metadata: JsonObject, key: string): string | null {
  const value = own(metadata, key);
  if (value === null || typeof value === 'string') return value;
  throw new ContentValidationError(`metadata.${key} must be a text. Nothing was stored.`);
}

function toolCalls(value: JsonValue): readonly ToolCall[] | null {
  if (!Array.isArray(value))
    throw new ContentValidationError('metadata.tool_calls must be a list. Nothing was stored.');
  const calls = (value as readonly JsonValue[]).map(toolCall);
  return calls.length > 0 ? calls : null;
}

function toolCall(value: JsonValue): ToolCall {
  const outer = isJsonObject(value) ? value : {};
  const nested = own(outer, 'function');
  const call = isJsonObject(nested) ? nested : outer;
  const id = own(outer, 'id') ?? '';
  const name = own(call, 'name');
  const given = own(call, 'arguments');
  if (typeof id !== 'string' || typeof name !== 'string') {
    throw new ContentValidationError('A tool call needs an id and a name: {id, name, arguments}. Nothing was stored.', {
      required: ['id', 'name', 'arguments'],
    });
  }
  return { id, name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) };
}
