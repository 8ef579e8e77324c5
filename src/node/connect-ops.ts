import type { Store } from '../core/store.js';
import { linesOfRow, mirrorOps, opEvent } from '../ops/index.js';
import { openOps, type Ops, type OpsOptions } from '../ops/node/open-ops.js';

/** How a store's ops go into a repository's files (SPEC §13). */
export type OpFileOptions = Omit<OpsOptions, 'source' | 'clock'> & {
  /** Told when a record could not be written; the operation itself is done. */
  readonly onError?: (error: unknown) => void;
};

/** Mirrors every op of a store into files, and into git when asked. Returns the op files, to be closed with the store. */
export function connectOps(
  store: Store,
  { onError = () => undefined, ...options }: OpFileOptions,
): { readonly ops: Ops; stop(): void } {
  const ops = openOps({
    ...options,
    clock: store.env.clock,
    source: {
      lines: (opId) => {
        const row = store.storage.op(opId);
        return Promise.resolve(row ? linesOfRow(row) : undefined);
      },
    },
  });
  const mirror = mirrorOps(ops, onError);
  const stop = store.onOp((op) => void mirror(opEvent(op)));
  return { ops, stop };
}
