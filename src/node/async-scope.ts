import { AsyncLocalStorage } from 'node:async_hooks';
import type { AsyncScope } from '../core/ports/async-scope.js';

/** A scope that follows the calls made inside it (SPEC §18 `batch`). */
export function asyncScope<T>(): AsyncScope<T> {
  const local = new AsyncLocalStorage<T>();
  return { current: () => local.getStore(), run: (value, fn) => local.run(value, fn) };
}
