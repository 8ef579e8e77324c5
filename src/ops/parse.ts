import type { OpLinkKind } from './op.js';
import { timeOfOpId } from './op-id.js';

type Fields = Readonly<Record<string, unknown>>;

/** What an op file holds. Its first `started` and first `completed` line count; the rest is told apart, never fatal. */
export interface ParsedOp {
  readonly started: Fields | undefined;
  readonly completed: Fields | undefined;
  readonly links: readonly { readonly kind: OpLinkKind; readonly ref: string }[];
  /** Lines that are no line of this op: broken JSON, other events, another op's id, a second `completed`. */
  readonly garbage: number;
}

/** Reads an op file (SPEC §13): CRLF, blank lines, a byte order mark and garbage lines are taken in stride. O(text). */
export function parseOpFile(opId: string, text: string): ParsedOp {
  let started: Fields | undefined;
  let completed: Fields | undefined;
  let garbage = 0;
  const links: { kind: OpLinkKind; ref: string }[] = [];
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (raw.trim() === '') continue;
    const fields = parseLine(raw);
    const event = fields?.['op_id'] === undefined || fields['op_id'] === opId ? fields?.['event'] : undefined;
    if (event === 'started' && started === undefined) started = fields;
    else if (event === 'completed' && completed === undefined) completed = fields;
    else if (event === 'artifact_link') links.push({ kind: 'artifact', ref: asText(fields?.['ref']) ?? '' });
    else if (event === 'commit_link') links.push({ kind: 'commit', ref: asText(fields?.['ref']) ?? '' });
    else garbage++;
  }
  return { started, completed, links, garbage };
}

/** When the op began, in milliseconds since 1970: its line says so, else its id. */
export function startTime(opId: string, op: ParsedOp): number {
  const said = Date.parse(asText(op.started?.['started_at']) ?? '');
  return Number.isNaN(said) ? timeOfOpId(opId) : said;
}

/** One op as lists and views show it. Fields that the file does not hold are undefined. */
export interface OpSummary {
  readonly opId: string;
  /** Absolute path of its file; undefined when ops are kept in the store only. */
  readonly path: string | undefined;
  readonly action: string | undefined;
  readonly actor: string | undefined;
  readonly tractId: string | undefined;
  readonly branch: string | undefined;
  readonly headBefore: string | undefined;
  readonly headAfter: string | undefined;
  readonly contextHash: string | undefined;
  readonly tokenCount: number | undefined;
  readonly commitCount: number | undefined;
  readonly modelId: string | undefined;
  readonly missionId: string | undefined;
  readonly wpId: string | undefined;
  readonly recordId: string | undefined;
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
  readonly outcome: string | undefined;
  readonly closedBy: string | undefined;
  readonly errorCode: string | undefined;
  /** As written: `prompt_tokens`, `completion_tokens` … */
  readonly usage: Readonly<Record<string, unknown>> | undefined;
  readonly links: ParsedOp['links'];
  /** Started, never completed. */
  readonly orphan: boolean;
  /** Closed, but its last state is not in the repository yet. */
  readonly pending: boolean;
}

/** The summary of a parsed op file. */
export function summarise(
  opId: string,
  op: ParsedOp,
  where: { path: string | undefined; pending: boolean },
): OpSummary {
  const { started = {}, completed = {} } = op;
  return {
    opId,
    path: where.path,
    action: asText(started['action']),
    actor: asText(started['actor']),
    tractId: asText(started['tract_id']),
    branch: asText(started['branch']),
    headBefore: asText(started['head_before']),
    headAfter: asText(completed['head_after']),
    contextHash: asText(started['context_hash']),
    tokenCount: asNumber(started['token_count']),
    commitCount: asNumber(started['commit_count']),
    modelId: asText(started['model_id']),
    missionId: asText(started['mission_id']),
    wpId: asText(started['wp_id']),
    recordId: asText(completed['record_id']),
    startedAt: asText(started['started_at']),
    completedAt: asText(completed['completed_at']),
    outcome: asText(completed['outcome']),
    closedBy: asText(completed['closed_by']),
    errorCode: asText(completed['error_code']),
    usage: isFields(completed['usage']) ? completed['usage'] : undefined,
    links: op.links,
    orphan: op.completed === undefined,
    pending: where.pending,
  };
}

function parseLine(raw: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
