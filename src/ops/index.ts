/** Durable op records (SPEC §13). What needs files or git lies in `node/`. */
export {
  AlreadyClosedError,
  InvalidOpIdError,
  OpCollisionError,
  OpLinkRefusedError,
  OpNotFoundError,
  OpWriteError,
} from './errors.js';
export { completedLine, linkLine, startedLine } from './lines.js';
export { linesOfRow, mirrorOps, opEvent, type OpEvent, type OpRecorder, type OpRow } from './mirror.js';
export type { OpCloser, OpEnd, OpLink, OpOutcome, OpStart } from './op.js';
export { assertOpId, createOpIds, isOpId } from './op-id.js';
export type { OpSummary } from './parse.js';
export { OPS_FOLDER } from './paths.js';
export { pendingMessage, type PendingReason } from './pending-reason.js';
