import { isDict, listAt, numberAt, parseJson } from '../json.js';

/** What a line of the log does. */
const WHOLE = 0;
const SET = 1;
const PUSH = 2;
const DELETE = 3;

const FIRST_LINE = /^\s*\{\s*"kind"\s*:\s*0\s*,\s*"v"\s*:/;

/** True for the log in which VS Code itself keeps a chat. */
export function isChatLog(text: string): boolean {
  return FIRST_LINE.test(text.slice(0, 200));
}

/**
 * The chat that a log of VS Code ends with, in the shape of an export: its first line `{kind: 0, v}` holds the whole, each later one
 * a change of what stands at the path `k`. What cannot be read or does not fit is reported and passed over.
 */
export function replayChatLog(text: string, skip: (line: number, reason: string) => void): unknown {
  let chat: unknown;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const { value, repaired } = parseJson(line);
      if (repaired) skip(index + 1, 'lone surrogates were replaced by U+FFFD');
      chat = changedBy(chat, value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      skip(index + 1, 'not JSON');
    }
  }
  return chat;
}

function changedBy(chat: unknown, entry: unknown): unknown {
  const path = listAt(entry, 'k') ?? [];
  const value = isDict(entry) ? entry['v'] : undefined;
  switch (numberAt(entry, 'kind')) {
    case WHOLE:
      return value;
    case SET:
    case DELETE:
      return changedAt(chat, path, () => value);
    case PUSH:
      return changedAt(chat, path, (before) => pushed(before, listAt(entry, 'v') ?? [], numberAt(entry, 'i')));
    default:
      return chat;
  }
}

/** `node` with what stands at the path changed; as it was where the path leads nowhere. */
function changedAt(node: unknown, path: readonly unknown[], change: (before: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(node);
  if (Array.isArray(node)) {
    if (typeof key !== 'number' || !Number.isInteger(key) || key < 0 || key > node.length) return node;
    const list: readonly unknown[] = node;
    return [...list.slice(0, key), changedAt(list[key], rest, change), ...list.slice(key + 1)];
  }
  if (!isDict(node) || typeof key !== 'string') return node;
  return { ...node, [key]: changedAt(Object.hasOwn(node, key) ? node[key] : undefined, rest, change) };
}

/** The list with more at its end; with `from`, what stood there and after it is gone first. */
function pushed(before: unknown, more: readonly unknown[], from: number | undefined): unknown {
  const list: readonly unknown[] = Array.isArray(before) ? before : [];
  return [...list.slice(0, from === undefined || from < 0 ? list.length : from), ...more];
}
