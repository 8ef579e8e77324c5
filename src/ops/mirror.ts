import { OpNotFoundError } from './errors.js';
import { completedLine, startedLine } from './lines.js';
import type { OpEnd, OpStart } from './op.js';

/** One row of a store's op log, without any message text or metadata. Null: not known, or not yet. */
export interface OpRow extends Omit<OpStart, 'opId' | 'startedAt'> {
  readonly opId: string;
  readonly startedAt: string;
  readonly completedAt?: string | null | undefined;
  readonly outcome?: OpEnd['outcome'] | null | undefined;
  readonly closedBy?: OpEnd['closedBy'];
  readonly headAfter?: OpEnd['headAfter'];
  readonly recordId?: OpEnd['recordId'];
  readonly usage?: OpEnd['usage'];
  readonly errorCode?: OpEnd['errorCode'];
}

/** What a store's op log tells when an op begins and when it has ended. */
export type OpEvent = { readonly event: 'started' | 'completed'; readonly op: OpRow };

/** The event a row of the op log stands for: `StoredOp` of core is such a row. */
export function opEvent(op: OpRow): OpEvent {
  return { event: op.outcome === null || op.outcome === undefined ? 'started' : 'completed', op };
}

/** The two calls of `openOps()` that mirroring needs. */
export interface OpRecorder {
  begin(start: OpStart): Promise<string>;
  complete(opId: string, end: OpEnd): Promise<void>;
}

/**
 * Mirrors a store's op log into op files (SPEC §13). The function returned is given each event, in order; it never
 * rejects, so no failing disk can fail the operation: what went wrong goes to `onError`. An op whose start was never
 * written (records were turned on meanwhile, or that write failed) gets both lines when it ends.
 */
export function mirrorOps(
  recorder: OpRecorder,
  onError: (error: unknown, opId: string) => void,
): (event: OpEvent) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return ({ event, op }) => {
    const work = event === 'started' ? () => begin(recorder, op) : () => complete(recorder, op);
    const settled = (last.get(op.opId) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      onError(error, op.opId);
    });
    last.set(op.opId, settled);
    return settled.then(() => {
      if (last.get(op.opId) === settled) last.delete(op.opId);
    });
  };
}

async function begin(recorder: OpRecorder, op: OpRow): Promise<void> {
  await recorder.begin(op);
}

async function complete(recorder: OpRecorder, op: OpRow): Promise<void> {
  const end = endOf(op);
  if (end === undefined) return;
  try {
    await recorder.complete(op.opId, end);
  } catch (error) {
    if (!(error instanceof OpNotFoundError)) throw error;
    await recorder.begin(op);
    await recorder.complete(op.opId, end);
  }
}

function endOf(op: OpRow): OpEnd | undefined {
  return op.outcome === null || op.outcome === undefined ? undefined : { ...op, outcome: op.outcome };
}

/** The lines an op file has for this row: what `OpSource.lines` of `openOps()` answers from a store's op log. */
export function linesOfRow(op: OpRow): string[] {
  const lines = [startedLine(op.opId, op, new Date(op.startedAt))];
  const end = endOf(op);
  if (end !== undefined) lines.push(completedLine(op.opId, end, new Date(op.completedAt ?? op.startedAt)));
  return lines;
}
