import type { StoredOp } from '../../core/model/op.js';
import { lastUndoable } from '../../core/operations/undo.js';
import { readHead } from '../../core/operations/head.js';
import type { Store } from '../../core/store.js';
import type { OpSummary, PendingReason } from '../../ops/index.js';
import type { Ops } from '../../ops/node/open-ops.js';

/** Where an op stands. `running`: started in this session and not ended; `orphan`: started by one that is gone. */
export type OpState = 'done' | 'failed' | 'abandoned' | 'running' | 'orphan';

const OP_STATES_OF_FILES = ['done', 'failed', 'abandoned'] as const;

/** One row of *Operations*: an op of the store's log, or of a file that the log does not know. */
export interface OpEntry {
  readonly kind: 'op';
  readonly opId: string;
  readonly tractId: string | null;
  readonly action: string;
  readonly actor: string | null;
  readonly branch: string | null;
  readonly state: OpState;
  readonly headBefore: string | null;
  readonly headAfter: string | null;
  readonly recordId: string | null;
  readonly modelId: string | null;
  readonly errorCode: string | null;
  /** The provider's figure when there is one, else the estimate of the context it began with. */
  readonly tokens: { readonly count: number; readonly exact: boolean } | null;
  readonly startedAt: string;
  /** Absolute path of its file, when it is known to be there. */
  readonly path: string | null;
  /** Why its file is not committed yet. */
  readonly pending: PendingReason | null;
  /** Undo would undo this one. */
  readonly isLast: boolean;
}

/** Op files are looked at for orphans, the newest first. */
const FILES_READ = 200;

/**
 * The newest `limit` ops of a tract, newest first, with the state of their files; files that the log does not know (another
 * machine's, an older store's) only when they are orphans. `openedAt`: when this session opened the store, ISO.
 */
export async function opEntries(
  { storage }: Store,
  tractId: string,
  ops: Ops | null,
  { limit, openedAt }: { readonly limit: number; readonly openedAt: string },
): Promise<OpEntry[]> {
  const pending = new Map((await ops?.pending())?.map(({ opId, reason }) => [opId, reason]));
  const files = new Map((await ops?.list({ limit: FILES_READ }))?.map((file) => [file.opId, file]));
  const rows = storage.ops({ tractId, limit });
  const last = lastUndone({ storage }, tractId, rows[0]);
  const logged = rows.map((op): OpEntry => ({
    kind: 'op',
    opId: op.opId,
    tractId: op.tractId,
    action: op.action,
    actor: op.actor,
    branch: op.branch,
    state: op.outcome ?? closedInFile(files.get(op.opId)) ?? (op.startedAt < openedAt ? 'orphan' : 'running'),
    headBefore: op.headBefore,
    headAfter: op.headAfter,
    recordId: op.recordId,
    modelId: op.modelId,
    errorCode: op.errorCode,
    tokens:
      op.usage !== null
        ? { count: op.usage.totalTokens, exact: true }
        : op.tokenCount === null
          ? null
          : { count: op.tokenCount, exact: false },
    startedAt: op.startedAt,
    path: files.get(op.opId)?.path ?? null,
    pending: pending.get(op.opId) ?? null,
    isLast: op.opId === last,
  }));
  const unknown = [...files.values()]
    .filter(({ opId, orphan }) => orphan && storage.op(opId) === undefined)
    .map(ofFile);
  return [...logged, ...unknown].sort((a, b) => Number(a.startedAt < b.startedAt) - Number(a.startedAt > b.startedAt));
}

/** How its file says it ended: `tract doctor ops --close-stale` closes files without the store. */
function closedInFile(file: OpSummary | undefined): OpState | undefined {
  return OP_STATES_OF_FILES.find((state) => state === file?.outcome);
}

function ofFile(file: OpSummary): OpEntry {
  return {
    kind: 'op',
    opId: file.opId,
    tractId: file.tractId ?? null,
    action: file.action ?? 'unknown',
    actor: file.actor ?? null,
    branch: file.branch ?? null,
    state: 'orphan',
    headBefore: file.headBefore ?? null,
    headAfter: null,
    recordId: null,
    modelId: file.modelId ?? null,
    errorCode: null,
    tokens: file.tokenCount === undefined ? null : { count: file.tokenCount, exact: false },
    startedAt: file.startedAt ?? '',
    path: file.path ?? null,
    pending: null,
    isLast: false,
  };
}

/** The newest op's id when Undo would step over it and nothing else: same operation, and HEAD is where it left it. */
function lastUndone({ storage }: Pick<Store, 'storage'>, tractId: string, op: StoredOp | undefined): string | null {
  const entry = lastUndoable(storage, tractId);
  if (op?.outcome !== 'done' || entry === undefined || entry.action !== op.action) return null;
  return readHead(storage, tractId).hash === op.headAfter ? op.opId : null;
}
