import { shownValue } from './arguments.js';
import { canonicalJson, compareCodePoints } from './canonical.js';
import type { Content, ContentTypes } from './content.js';
import { contentTypeOf } from './content.js';
import { ContentValidationError } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';

/** Longest line of a one-line tool call, and longest string on it, in UTF-16 units (SPEC §3). */
const TOOL_LINE = 200;
const TOOL_STRING = 60;
/** Longest automatic commit message (SPEC §3). */
const MESSAGE = 500;
const SURROGATE = /[\uD800-\uDFFF]/;

/** The metadata keys that compile (Annex B.2) and that text depends on. */
export interface TextMetadata {
  readonly path: string | null;
  readonly hasToolCalls: boolean;
}

/**
 * The text a content compiles to (SPEC §3). A tool call that carries its raw calls in the metadata has no text of its own
 * (Annex B.4); an attached file is headed by its path (Annex B.2).
 */
export function renderText(content: Content, types: ContentTypes, metadata: TextMetadata): string {
  switch (content.content_type) {
    case 'instruction':
    case 'dialogue':
    case 'reasoning':
    case 'output':
    case 'compression':
      return string(content['text']);
    case 'artifact':
      return metadata.path === null
        ? string(content['content'])
        : `File ${metadata.path}:\n\n${string(content['content'])}`;
    case 'tool_io':
      if (content['direction'] === 'call') return metadata.hasToolCalls ? '' : toolCallLine(content);
      return toolResultText(content);
    case 'freeform':
      return canonicalJson(content['payload'], 2);
    case 'session':
      return sessionText(content);
    default:
      return customText(content, types);
  }
}

/** @throws ContentValidationError when the type's own `text` gives none */
function customText(content: Content, types: ContentTypes): string {
  const text: unknown = contentTypeOf(types, content.content_type)?.text?.(content) ?? '';
  if (typeof text !== 'string')
    throw new ContentValidationError(
      `The content type '${content.content_type}' gives ${shownValue(text).slice(0, 40)} instead of a text. Nothing was stored.`,
    );
  return text;
}

/**
 * The message of a commit that was given none: its text on one line, at most 500 characters; empty text gives the type's name
 * (SPEC §3).
 */
export function defaultMessage(content: Content, text: string): string {
  return cut(flattened(text) || flattened(describeWithoutText(content)), MESSAGE);
}

/** On one line, and of a long text only the beginning: twice what a message needs, after line breaks of two units. */
function flattened(text: string): string {
  return text
    .trim()
    .slice(0, 4 * MESSAGE + 4)
    .replace(/\r\n?|\n/g, ' ');
}

/** A raw tool call compiles to no text (Annex B.4) but is still best described by its line. */
function describeWithoutText(content: Content): string {
  return content.content_type === 'tool_io' && content['direction'] === 'call'
    ? toolCallLine(content)
    : content.content_type;
}

function toolCallLine(content: Content): string {
  const payload = content['payload'] as JsonObject;
  const keys = Object.keys(payload).sort(compareCodePoints);
  const parts = keys.map((key) => `${key}=${argument(payload[key] ?? null)}`);
  return cut(`${string(content['tool_name'])}(${parts.join(', ')})`, TOOL_LINE);
}

function argument(value: JsonValue): string {
  if (typeof value !== 'string') return canonicalJson(value);
  const shown = cut(value, TOOL_STRING);
  return `'${shown.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}'`;
}

function toolResultText(content: Content): string {
  const payload = content['payload'] as JsonObject;
  const name = string(content['tool_name']);
  const arrow = content['status'] === 'error' ? '✗' : '→';
  const values = Object.values(payload);
  const [only] = values;
  if (values.length === 1 && only !== undefined)
    return `${name} ${arrow} ${typeof only === 'string' ? only : canonicalJson(only)}`;
  return `${name} ${arrow}\n${canonicalJson(payload)}`;
}

function sessionText(content: Content): string {
  const parts = [`[Session ${string(content['session_type'])}] ${string(content['summary'])}`.trimEnd()];
  for (const [title, field] of [
    ['Decisions', 'decisions'],
    ['Failed approaches', 'failed_approaches'],
    ['Next steps', 'next_steps'],
  ] as const) {
    const items = content[field] as readonly string[];
    if (items.length > 0) parts.push(`${title}:\n${items.map((item) => `- ${item}`).join('\n')}`);
  }
  return parts.join('\n\n');
}

/** At most `length` characters, the last three of them dots when there were more. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // No character takes more than two units: what lies further back decides nothing.
  const beginning = text.slice(0, 2 * length + 2);
  if (!SURROGATE.test(beginning)) return beginning.slice(0, length - 3) + '...';
  const characters = Array.from(beginning);
  return characters.length <= length ? text : characters.slice(0, length - 3).join('') + '...';
}

function string(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
