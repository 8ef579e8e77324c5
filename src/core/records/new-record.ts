import { canonicalJson } from '../model/canonical.js';
import type { CompiledContext } from '../model/context.js';
import type { JsonObject } from '../model/json.js';
import type { StoredRecord } from '../model/record.js';
import type { Scope } from '../operations/scope.js';
import { packEffectives, unpackEffectives } from './effectives.js';
import { compileRecorded } from './reproduce.js';
import { stablePrefix } from './stable-prefix.js';

export type NewRecord = Pick<StoredRecord, 'id' | 'createdAt' | 'params' | 'provider' | 'model' | 'opId' | 'origin'> &
  Partial<Pick<StoredRecord, 'outcome' | 'errorCode' | 'latencyMs' | 'usage' | 'finishReason' | 'answerHash'>>;

/** Hash of the tools a request carries; null without any. */
export function toolsHash({ env }: Pick<Scope, 'env'>, context: Pick<CompiledContext, 'tools'>): string | null {
  return context.tools === null ? null : env.hasher.sha256(canonicalJson(context.tools));
}

/** A record with the context it was made of. */
export interface RecordedContext {
  readonly record: StoredRecord;
  readonly context: CompiledContext;
}

/**
 * Puts the record of a compiled context into the transaction (SPEC §7), with the stable prefix and the effective commits against
 * the tract's previous record. The context must belong to a commit.
 * @param last what this made last for the tract: unless another record has come since, nothing is compiled or read again
 */
export async function newRecord(
  scope: Scope,
  context: CompiledContext,
  given: NewRecord,
  last?: RecordedContext,
): Promise<StoredRecord> {
  const { tx, tractId } = scope;
  const hash = toolsHash(scope, context);
  const [previous] = tx.records(tractId, { limit: 1 });
  const known = previous && last?.record.id === previous.id ? last.context : null;
  const before =
    known ??
    (previous && previous.contextHash !== null ? await compileRecorded(scope.env.compiler, tx, previous) : null);
  const hashes = context.commitHashes;
  const record: StoredRecord = {
    tractId,
    headHash: context.head ?? '',
    tokenCount: given.usage ? given.usage.promptTokens : context.estimatedTokens,
    tokenSource: given.usage
      ? `api:${given.usage.promptTokens}+${given.usage.completionTokens}`
      : scope.env.tokenizer.id,
    estimatedTokens: context.estimatedTokens,
    commitCount: context.commitCount,
    toolsHash: hash,
    contextHash: context.contextHash,
    outcome: 'pending',
    errorCode: null,
    latencyMs: null,
    usage: null,
    finishReason: null,
    answerHash: null,
    stablePrefix: stablePrefix(
      before && previous ? { messages: before.messages, toolsHash: previous.toolsHash } : null,
      { messages: context.messages, toolsHash: hash },
    ),
    effectives: packEffectives(
      previous ? { record: previous, hashes: known?.commitHashes ?? unpackEffectives(tx, previous) } : null,
      hashes,
    ),
    ...given,
  };
  tx.put({ kind: 'record', record });
  return record;
}

/**
 * A record's params: the call's own, the compile options under `compile`, the file selections under `selections`; null for a plain
 * call.
 */
export function recordParams(
  callParams: JsonObject | null,
  compileOptions: JsonObject | null,
  selections: JsonObject | null = null,
): JsonObject | null {
  if (callParams === null && compileOptions === null && selections === null) return null;
  return { ...callParams, ...(compileOptions === null ? {} : { compile: compileOptions }), ...selections };
}
