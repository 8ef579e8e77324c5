import type { Store } from '../core/store.js';
import { linesOfRow, mirrorOps, opEvent } from '../ops/index.js';
import { openOps, type Ops, type OpsOptions } from '../ops/node/open-ops.js';

/** How a store's ops go into a repository's files (SPEC §13). */
export type OpFileOptions = Omit<OpsOptions, 'source' | 'clock'> & {
  /** Told when a record could not be written; the operation itself is done. */
  readonly onError?: (error: unknown) => void;
  /** ISO time from which on ops were to be committed: what `git clean -fdx` took of them before git had it is written again. */
  readonly since?: string;
};

/** Ops that are looked at for that: more are never pending in practice, and git's history back to them is read at each open. */
const LOOKED_AT = 1000;

/** Mirrors every op of a store into files, and into git when asked. Returns the op files, to be closed with the store. */
export function connectOps(
  store: Store,
  { onError = () => undefined, since, ...options }: OpFileOptions,
): { readonly ops: Ops; stop(): void } {
  const ops = openOps({
    ...options,
    clock: store.env.clock,
    source: {
      lines: (opId) => {
        const row = store.storage.op(opId);
        return Promise.resolve(row ? linesOfRow(row) : undefined);
      },
      uncommitted: () => Promise.resolve(since === undefined ? [] : closedSince(store, Date.parse(since))),
    },
  });
  const mirror = mirrorOps(ops, onError);
  const stop = store.onOp((op) => void mirror(opEvent(op)));
  return { ops, stop };
}

function closedSince({ storage }: Store, since: number): string[] {
  const closed = storage.ops({ limit: LOOKED_AT }).filter(({ outcome }) => outcome !== null);
  return closed.filter(({ startedAt }) => Date.parse(startedAt) >= since).map(({ opId }) => opId);
}
