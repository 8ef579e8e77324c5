import { InvalidArgumentError } from '../core/model/errors.js';
import { OP_CLOSERS, OP_OUTCOMES, type OpEnd, type OpLink, type OpStart } from './op.js';

/** Longest value of a field, in UTF-16 units: ids, codes and names fit, a message's text does not belong here. */
const MAX_TEXT = 200;
/** Git allows long branch names; a link may be a path. */
const MAX_PATH = 1000;
/** Of a context's hash the first 16 hex digits are kept. */
const CONTEXT_HASH_LENGTH = 16;

const USAGE_FIELDS = [
  ['promptTokens', 'prompt_tokens'],
  ['completionTokens', 'completion_tokens'],
  ['totalTokens', 'total_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens'],
  ['reasoningTokens', 'reasoning_tokens'],
] as const;

/**
 * The `started` line of an op (SPEC §13), with its newline. Fields are picked by name, so no message text can slip in;
 * nulls are left out. @throws InvalidArgumentError for a value that is no short single line or no whole number
 */
export function startedLine(opId: string, start: OpStart, now: Date): string {
  return line({
    event: 'started',
    op_id: opId,
    action: required('action', start.action),
    actor: required('actor', start.actor ?? 'user'),
    tract_id: text('tractId', start.tractId),
    branch: text('branch', start.branch, MAX_PATH),
    head_before: text('headBefore', start.headBefore),
    context_hash: text('contextHash', start.contextHash)?.slice(0, CONTEXT_HASH_LENGTH),
    token_count: count('tokenCount', start.tokenCount),
    commit_count: count('commitCount', start.commitCount),
    model_id: text('modelId', start.modelId),
    mission_id: text('missionId', start.missionId),
    wp_id: text('wpId', start.wpId),
    started_at: time('startedAt', start.startedAt) ?? now.toISOString(),
  });
}

/** The `completed` line of an op (SPEC §13), with its newline. The doctor only ever abandons. @throws InvalidArgumentError */
export function completedLine(opId: string, end: OpEnd, now: Date): string {
  const closedBy = end.closedBy ?? 'user';
  if (!OP_OUTCOMES.includes(end.outcome)) throw invalid('outcome', `is one of ${OP_OUTCOMES.join(', ')}`);
  if (!OP_CLOSERS.includes(closedBy)) throw invalid('closedBy', `is one of ${OP_CLOSERS.join(', ')}`);
  if (closedBy === 'doctor' && end.outcome !== 'abandoned') throw invalid('outcome', "is 'abandoned' for the doctor");
  return line({
    event: 'completed',
    op_id: opId,
    completed_at: time('completedAt', end.completedAt) ?? now.toISOString(),
    outcome: end.outcome,
    closed_by: closedBy,
    head_after: text('headAfter', end.headAfter),
    record_id: text('recordId', end.recordId),
    usage: usage(end.usage),
    error_code: text('errorCode', end.errorCode),
  });
}

/** An `artifact_link` or `commit_link` line, with its newline. @throws InvalidArgumentError */
export function linkLine(opId: string, link: OpLink, now: Date): string {
  const kind = /^(artifact|commit)(?:_link)?$/.exec(link.kind)?.[1];
  if (kind === undefined) throw invalid('kind', 'is artifact or commit');
  return line({
    event: `${kind}_link`,
    op_id: opId,
    ref: required('ref', link.ref, MAX_PATH),
    linked_at: now.toISOString(),
  });
}

/** One line of `ops-index.jsonl`. */
export function indexLine(opId: string, actor: string | undefined, startedAt: string | undefined): string {
  return line({ op_id: opId, actor, started_at: startedAt });
}

/** One line of a local log (`lifecycle.jsonl`, `propagation-errors.jsonl`). */
export function logLine(fields: Readonly<Record<string, string | undefined>>): string {
  return line(fields);
}

function line(fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(fields)}\n`;
}

function invalid(name: string, rule: string): InvalidArgumentError {
  return new InvalidArgumentError(`Operation record: ${name} ${rule}. Nothing was written.`);
}

function required(name: string, value: unknown, max = MAX_TEXT): string {
  const found = text(name, value, max);
  if (found === undefined || found === '') throw invalid(name, 'is missing');
  return found;
}

function text(name: string, value: unknown, max = MAX_TEXT): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length > max || /\p{Cc}/u.test(value)) {
    throw invalid(name, `is text on one line, at most ${max} characters`);
  }
  return value;
}

function count(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(name, 'is a whole number');
  return value;
}

function time(name: string, value: unknown): string | undefined {
  const found = text(name, value);
  if (found !== undefined && Number.isNaN(Date.parse(found))) throw invalid(name, 'is an ISO time');
  return found;
}

function usage(value: unknown): Record<string, number> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw invalid('usage', 'is a token usage');
  const given = value as Readonly<Record<string, unknown>>;
  const kept: Record<string, number> = {};
  for (const [name, column] of USAGE_FIELDS) {
    const figure = count(`usage.${name}`, given[name] ?? given[column]);
    if (figure !== undefined) kept[column] = figure;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}
