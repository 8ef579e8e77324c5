import { canonicalJson, cloneJson } from './canonical.js';
import type { Priority } from './commit.js';
import { ContentValidationError } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';

/** A validated content: every field of its type present, defaults filled in (SPEC §3). */
export type Content = JsonObject & { readonly content_type: string };

type FieldKind = 'string' | 'object' | 'strings' | 'json' | readonly string[];

export interface FieldSpec {
  readonly kind: FieldKind;
  /** The field may be left out and then has this value; a nullable field has the default null. */
  readonly default?: JsonValue;
}

export interface ContentTypeSpec {
  readonly fields: Readonly<Record<string, FieldSpec>>;
  readonly priority: Priority;
  /** Whether commits of this type make a message. */
  readonly compiled: boolean;
  /** Role of the message; types with a `role` field use that. */
  readonly role: string;
  /** Text of a message of a custom type; built-in types have theirs in `content-text.ts`. */
  readonly text?: (content: Content) => string;
}

const text: FieldSpec = { kind: 'string' };
const nullableText: FieldSpec = { kind: 'string', default: null };
const texts: FieldSpec = { kind: 'strings', default: [] };

/** The content types of SPEC §3. */
export const CONTENT_TYPES: Readonly<Record<string, ContentTypeSpec>> = {
  instruction: { fields: { text, name: nullableText }, priority: 'pinned', compiled: true, role: 'system' },
  dialogue: {
    fields: { role: { kind: ['user', 'assistant', 'system', 'tool'] }, text, name: nullableText },
    priority: 'normal',
    compiled: true,
    role: 'user',
  },
  tool_io: {
    fields: {
      tool_name: text,
      direction: { kind: ['call', 'result'] },
      payload: { kind: 'object' },
      status: { kind: ['success', 'error'], default: null },
    },
    priority: 'normal',
    compiled: true,
    role: 'tool',
  },
  reasoning: {
    fields: { text, format: { kind: ['parsed', 'raw', 'think_tags', 'anthropic'], default: 'parsed' } },
    priority: 'skip',
    compiled: true,
    role: 'assistant',
  },
  artifact: {
    fields: { artifact_type: text, content: text, language: nullableText },
    priority: 'normal',
    compiled: true,
    role: 'assistant',
  },
  output: {
    fields: { text, format: { kind: ['text', 'markdown', 'json'], default: 'text' } },
    priority: 'normal',
    compiled: true,
    role: 'assistant',
  },
  freeform: { fields: { payload: { kind: 'object' } }, priority: 'normal', compiled: true, role: 'assistant' },
  session: {
    fields: {
      session_type: { kind: ['start', 'end', 'handoff', 'checkpoint'] },
      summary: text,
      decisions: texts,
      failed_approaches: texts,
      next_steps: texts,
    },
    priority: 'pinned',
    compiled: true,
    role: 'system',
  },
  config: { fields: { settings: { kind: 'object' } }, priority: 'normal', compiled: false, role: '' },
  metadata: {
    fields: { kind: text, data: { kind: 'object', default: {} }, path: nullableText },
    priority: 'normal',
    compiled: false,
    role: '',
  },
  annotation: {
    fields: {
      target: text,
      priority: { kind: ['skip', 'normal', 'important', 'pinned'] },
      reason: nullableText,
      retention: { kind: 'object', default: null },
    },
    priority: 'normal',
    compiled: false,
    role: '',
  },
  compression: {
    fields: {
      sources: { kind: 'strings' },
      text,
      role: { kind: ['user', 'assistant', 'system', 'tool'], default: 'assistant' },
    },
    priority: 'normal',
    compiled: true,
    role: 'assistant',
  },
  order: { fields: { hashes: { kind: 'strings' } }, priority: 'normal', compiled: false, role: '' },
  merge: { fields: { resolutions: { kind: 'object', default: {} } }, priority: 'normal', compiled: false, role: '' },
};

/** The types that only operations make; `commit()` refuses them, since they would have no effect as an append. */
export const OPERATION_TYPES: ReadonlySet<string> = new Set(['annotation', 'compression', 'order', 'merge']);

export type ContentTypes = Readonly<Record<string, ContentTypeSpec>>;

/** The type's description, or undefined; own keys only, so that `constructor` is no type. */
export function contentTypeOf(types: ContentTypes, name: string): ContentTypeSpec | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/**
 * Validates a content and fills in the defaults (SPEC §3). The result is a fresh plain object that shares nothing with `value`.
 * @throws ContentValidationError naming the required, optional, provided and missing fields.
 */
export function validateContent(value: unknown, types: ContentTypes = CONTENT_TYPES): Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ContentValidationError(
      `A content is an object with a content_type, got ${value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value}.`,
    );
  }
  return checkedContent(cloneJson(value) as JsonObject, types);
}

/**
 * As {@link validateContent}, for plain JSON that nobody else changes: the result shares its values.
 * @throws ContentValidationError
 */
export function checkedContent(given: JsonObject, types: ContentTypes): Content {
  const typeName = given['content_type'];
  if (typeof typeName !== 'string' || typeName === '') {
    throw new ContentValidationError(`The content has no content_type. Known types: ${knownTypes(types)}.`, {
      required: ['content_type'],
      provided: providedFields(given),
      missing: ['content_type'],
    });
  }
  const type = contentTypeOf(types, typeName);
  if (!type) {
    throw new ContentValidationError(
      `Unknown content type '${typeName.slice(0, 60)}'. Known types: ${knownTypes(types)}.`,
      { required: ['content_type'], provided: providedFields(given) },
    );
  }
  const entries: [string, JsonValue][] = [['content_type', typeName]];
  let ownFields = 1;
  for (const [name, field] of Object.entries(type.fields)) {
    const isGiven = Object.hasOwn(given, name);
    const value = isGiven ? given[name] : field.default;
    if (isGiven) ownFields++;
    else if (value === undefined) throw invalid(given, typeName, type);
    if (value === undefined) continue;
    if (!(value === null && field.default === null) && !fits(value, field.kind)) throw invalid(given, typeName, type);
    entries.push([name, value]);
  }
  if (Object.keys(given).length > ownFields) throw invalid(given, typeName, type);
  return Object.fromEntries(entries) as Content;
}

/** All that is wrong with a content's fields. */
function invalid(given: JsonObject, typeName: string, type: ContentTypeSpec): ContentValidationError {
  const provided = providedFields(given);
  const fields = Object.entries(type.fields);
  const required = fields.filter(([, field]) => field.default === undefined).map(([name]) => name);
  const optional = fields.filter(([, field]) => field.default !== undefined).map(([name]) => name);
  const missing = required.filter((name) => !Object.hasOwn(given, name));
  const wrong = fields.filter(([name, field]) => {
    const value = Object.hasOwn(given, name) ? given[name] : field.default;
    return value !== undefined && !(value === null && field.default === null) && !fits(value, field.kind);
  });
  const problems = [
    ...missing.map((name) => `missing '${name}'`),
    ...provided.filter((name) => !Object.hasOwn(type.fields, name)).map((name) => `unknown '${name.slice(0, 60)}'`),
    ...wrong.map(([name, field]) => `'${name}' must be ${describe(field)}`),
  ];
  return new ContentValidationError(
    `Invalid ${typeName} content: ${problems.join('; ')}. Required: ${list(required)}; optional: ${list(optional)}; provided: ${list(provided)}; missing: ${list(missing)}. Nothing was stored.`,
    { required, optional, provided, missing },
  );
}

function providedFields(given: JsonObject): readonly string[] {
  return Object.keys(given).filter((key) => key !== 'content_type');
}

function knownTypes(types: ContentTypes): string {
  return Object.keys(types)
    .filter((name) => !OPERATION_TYPES.has(name))
    .join(', ');
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.map((name) => name.slice(0, 60)).join(', ') : 'none';
}

function fits(value: JsonValue, kind: FieldKind): boolean {
  if (typeof kind !== 'string') return typeof value === 'string' && kind.includes(value);
  if (kind === 'json') return true;
  if (kind === 'string') return typeof value === 'string';
  if (kind === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(field: FieldSpec): string {
  const kind =
    typeof field.kind === 'string'
      ? { string: 'a text', strings: 'a list of texts', object: 'an object', json: 'JSON' }[field.kind]
      : `one of ${field.kind.join(', ')}`;
  return field.default === null ? `${kind} or null` : kind;
}

/** The text that is hashed and stored for a content (SPEC §4). */
export function contentText(content: Content): string {
  return canonicalJson(content);
}
