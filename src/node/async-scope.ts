import { AsyncLocalStorage } from 'node:async_hooks';
import type { AsyncScope } from '../core/ports/async-scope.js';

/**
 * A scope that follows the calls made inside it (SPEC §18 `batch`). Before Node 24 every promise of the process costs more while
 * such a scope is on (a fifth of the engine's time), so it is off when nothing runs inside.
 */
export function asyncScope<T>(): AsyncScope<T> {
  const local = new AsyncLocalStorage<T>();
  let running = 0;
  return {
    current: () => local.getStore(),
    run: async (value, fn) => {
      running++;
      try {
        return await local.run(value, fn);
      } finally {
        if (--running === 0) local.disable();
      }
    },
  };
}
