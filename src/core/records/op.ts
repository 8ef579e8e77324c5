import { estimatedTokens } from '../compile/render.js';
import type { StoredOp } from '../model/op.js';
import { toTimestampIso } from '../model/timestamp.js';
import { readHead } from '../operations/head.js';
import type { Environment } from '../environment.js';
import type { Scope } from '../operations/scope.js';
import type { Reads } from '../transaction.js';

/** Contexts longer than this, in tokens, are not hashed just to describe an op: it would hold up the host. */
const HASHED_UP_TO = 500_000;

/**
 * A started op (SPEC §13): what is about to happen, and the context it happens to. The context follows from `headBefore`, so it is
 * described only when that costs nothing or somebody writes the op down elsewhere (`describe`).
 */
export async function startedOp({ tx, tractId, env }: Scope, action: string, describe: boolean): Promise<StoredOp> {
  const head = readHead(tx, tractId);
  const known = head.hash !== null && (describe || env.compiler.has(head.hash));
  const snapshot = known ? await env.compiler.snapshot(tx, head.hash) : null;
  const tokens = snapshot && estimatedTokens(snapshot, env.tokenizer);
  const hashed = describe && tokens !== null && tokens <= HASHED_UP_TO;
  const context = hashed ? await env.compiler.compile(tx, head.hash) : null;
  return {
    opId: env.newId(),
    tractId,
    action,
    actor: env.actor,
    branch: head.branch,
    headBefore: head.hash,
    headAfter: null,
    contextHash: context?.contextHash.slice(0, 16) ?? null,
    tokenCount: tokens,
    commitCount: snapshot?.shown ?? null,
    modelId: null,
    missionId: env.missionId,
    wpId: env.wpId,
    startedAt: toTimestampIso(env.clock()),
    completedAt: null,
    outcome: null,
    closedBy: null,
    recordId: null,
    usage: null,
    errorCode: null,
  };
}

/** The op once its work is done and HEAD stands where it left it. An op is never closed as `done` unless its work was (SPEC §13). */
export function completedOp(op: StoredOp, tx: Reads, env: Environment): StoredOp {
  return {
    ...op,
    headAfter: readHead(tx, op.tractId).hash,
    completedAt: toTimestampIso(env.clock()),
    outcome: 'done',
    closedBy: env.actor === 'user' ? 'user' : 'agent',
  };
}
