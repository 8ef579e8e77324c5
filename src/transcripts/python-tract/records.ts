import type { StoredRecord } from '../../core/model/record.js';
import type { TokenUsage } from '../../core/model/usage.js';
import { packEffectives } from '../../core/records/effectives.js';
import type { PythonCommit, PythonRecord, PythonTract } from './rows.js';

/**
 * The records of a Python tract (SPEC §9.8, Annex B.11): the two that one call wrote, before it and after its answer, become one.
 * Their stored effective commits are kept; models, tools and messages are not in the file, so none can be reproduced.
 */
export function pythonRecords(tract: PythonTract): readonly StoredRecord[] {
  const commits = new Map(tract.commits.map((commit) => [commit.commitHash, commit]));
  const result: StoredRecord[] = [];
  let previous: { readonly record: StoredRecord; readonly hashes: readonly string[] } | null = null;
  for (let i = 0; i < tract.records.length; i++) {
    const before = tract.records[i];
    if (!before) continue;
    const after = tract.records[i + 1];
    const paired =
      after !== undefined &&
      reported(after) !== null &&
      reported(before) === null &&
      commits.get(after.headHash)?.parentHash === before.headHash;
    const record: StoredRecord = {
      ...stored(tract.tractId, before),
      ...(paired ? answeredBy(after) : outcomeAlone(tract, before)),
      effectives: packEffectives(previous, before.effectives),
    };
    result.push(record);
    previous = { record, hashes: before.effectives };
    if (paired) i++;
  }
  return result;
}

function stored(tractId: string, record: PythonRecord): Omit<StoredRecord, 'effectives'> {
  return {
    id: record.id,
    tractId,
    headHash: record.headHash,
    tokenCount: record.tokenCount,
    tokenSource: record.tokenSource,
    estimatedTokens: record.tokenCount,
    commitCount: record.commitCount,
    params: record.params,
    provider: null,
    model: null,
    toolsHash: null,
    contextHash: null,
    createdAt: record.createdAt,
    outcome: 'failed',
    errorCode: null,
    latencyMs: null,
    usage: null,
    finishReason: null,
    opId: null,
    answerHash: null,
    stablePrefix: { messages: 0, tokens: 0 },
    origin: 'imported',
  };
}

function answeredBy(after: PythonRecord): Partial<StoredRecord> {
  const usage = reported(after);
  return {
    outcome: 'answered',
    answerHash: after.headHash,
    usage,
    ...(usage ? { tokenCount: usage.promptTokens, tokenSource: after.tokenSource } : {}),
  };
}

/** A report made by hand, a call without usage, or one that failed: nothing was said between it and the next on the same head. */
function outcomeAlone(tract: PythonTract, record: PythonRecord): Partial<StoredRecord> {
  const usage = reported(record);
  if (usage) return { outcome: 'answered', usage };
  const retried = tract.records.find(
    (other) => other.headHash === record.headHash && other.createdAt > record.createdAt,
  );
  const answer = tract.commits.find(
    (commit) => isAnswer(commit, record) && (retried === undefined || commit.timestampIso < retried.createdAt),
  );
  return answer ? { outcome: 'answered', answerHash: answer.commitHash } : {};
}

function isAnswer(commit: PythonCommit, record: PythonRecord): boolean {
  return (
    commit.parentHash === record.headHash &&
    commit.operation === 'append' &&
    commit.generationConfig !== null &&
    commit.timestampIso >= record.createdAt
  );
}

/** The figures of a report; null for a label that an earlier report left behind, whose count is that and estimates. */
function reported(record: PythonRecord): TokenUsage | null {
  const match = /^api:(\d+)\+(\d+)$/.exec(record.tokenSource);
  if (!match) return null;
  const [promptTokens, completionTokens] = [Number(match[1]), Number(match[2])];
  if (promptTokens + completionTokens !== record.tokenCount) return null;
  return {
    promptTokens,
    completionTokens,
    totalTokens: record.tokenCount,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  };
}
