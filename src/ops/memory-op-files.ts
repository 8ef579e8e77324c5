import { OpCollisionError, OpNotFoundError } from './errors.js';
import type { OpFiles } from './op-files.js';

/** Op records in memory, for durability `store`: the store's op log has them, no file is ever written. */
export function memoryOpFiles(): OpFiles {
  const texts = new Map<string, string>();
  return {
    create(opId, lines) {
      if (texts.has(opId)) return Promise.reject(new OpCollisionError(opId));
      texts.set(opId, lines);
      return Promise.resolve();
    },
    append(opId, line) {
      const text = texts.get(opId);
      if (text === undefined) return Promise.reject(new OpNotFoundError(opId));
      texts.set(opId, text + line);
      return Promise.resolve();
    },
    read: (opId) => Promise.resolve(texts.get(opId)),
    ids: () => Promise.resolve([...texts.keys()].sort()),
    note: () => Promise.resolve(),
    hasLog: () => Promise.resolve(true),
    path: () => undefined,
  };
}
