import { ContentValidationError } from './errors.js';
import type { JsonValue } from './json.js';

/** Deeper values are refused: no real payload is, and recursion over one would exhaust the stack. */
export const MAX_JSON_DEPTH = 1_000;

const SURROGATE = /[\uD800-\uDFFF]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Compares two strings by Unicode code point, as Python and SQLite (BINARY, UTF-8) do. JavaScript's own order compares UTF-16
 * units and puts astral characters before U+E000…U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above every BMP unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Whether a string can be written as UTF-8 (SPEC §4: lone surrogates are refused). */
export function isWellFormed(text: string): boolean {
  return !SURROGATE.test(text) || !LONE_SURROGATE.test(text);
}

/** Replaces lone surrogates by U+FFFD, as imports do (SPEC §4). */
export function toWellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
}

/**
 * Canonical JSON (SPEC §4): keys sorted by code point, no spaces, raw UTF-8. Properties that are `undefined` are left out, as
 * JSON.stringify does. With `indent`, the readable form in the same key order (SPEC §3 `freeform`).
 * @throws ContentValidationError for NaN, infinities, lone surrogates, more than 1,000 levels, and anything that is not JSON.
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return write(value, indent, 0);
}

function write(value: unknown, indent: number, depth: number): string {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw refuse('a lone surrogate, which cannot be written as UTF-8');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw refuse(`the number ${String(value)}, which JSON cannot hold`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_JSON_DEPTH) throw tooDeep();
      return Array.isArray(value) ? writeArray(value, indent, depth) : writeObject(value, indent, depth);
    default:
      throw refuse(`a value of type ${typeof value}, which JSON cannot hold`);
  }
}

function writeArray(items: readonly unknown[], indent: number, depth: number): string {
  if (items.length === 0) return '[]';
  const parts = items.map((item) => write(item, indent, depth + 1));
  return wrap('[', parts, ']', indent, depth);
}

function writeObject(object: object, indent: number, depth: number): string {
  checkPlain(object);
  const separator = indent > 0 ? ': ' : ':';
  const parts: string[] = [];
  for (const key of Object.keys(object).sort(compareCodePoints)) {
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined) continue;
    checkKey(key);
    parts.push(JSON.stringify(key) + separator + write(value, indent, depth + 1));
  }
  return parts.length === 0 ? '{}' : wrap('{', parts, '}', indent, depth);
}

function checkPlain(object: object): void {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    throw refuse(`a ${object.constructor.name}, which is not a plain JSON object`);
  }
}

function checkKey(key: string): void {
  if (!isWellFormed(key)) throw refuse('a key with a lone surrogate, which cannot be written as UTF-8');
}

function tooDeep(): ContentValidationError {
  return refuse(`more than ${MAX_JSON_DEPTH} levels of nesting`);
}

function wrap(open: string, parts: readonly string[], close: string, indent: number, depth: number): string {
  if (indent === 0) return open + parts.join(',') + close;
  const pad = '\n' + ' '.repeat(indent * (depth + 1));
  return open + pad + parts.join(',' + pad) + '\n' + ' '.repeat(indent * depth) + close;
}

function refuse(what: string): ContentValidationError {
  return new ContentValidationError(`The content holds ${what}. Nothing was stored.`);
}

/** A deep copy that keeps only JSON and defines every key as an own property, so that `__proto__` stays a plain key. */
export function cloneJson(value: unknown): JsonValue {
  return clone(value, 0);
}

function clone(value: unknown, depth: number): JsonValue {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'string' && isWellFormed(value)) return value;
    // -0 is written as 0.
    if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
    if (typeof value === 'boolean' || value === null) return value;
    return JSON.parse(write(value, 0, depth)) as JsonValue;
  }
  if (depth >= MAX_JSON_DEPTH) throw tooDeep();
  if (Array.isArray(value)) return Array.from(value, (item) => clone(item, depth + 1));
  checkPlain(value);
  const copy: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).sort(compareCodePoints)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    checkKey(key);
    const cloned = clone(item, depth + 1);
    if (key === '__proto__') Object.defineProperty(copy, key, { ...OWN, value: cloned });
    else copy[key] = cloned;
  }
  return copy;
}

const OWN = { enumerable: true, configurable: true, writable: true };

/** Freezes a JSON value all the way down, so that it can be handed out and still be shared. */
export function freezeJson<T extends JsonValue>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freezeJson(item);
  }
  return value;
}
