import type { RenderOptions } from '../compile/options.js';
import { normalizeOptions, optionsOfKey } from '../compile/options.js';
import type { Commit } from '../model/commit.js';
import type { CompiledContext } from '../model/context.js';
import {
  BudgetExceededError,
  InvalidArgumentError,
  NavigationError,
  NoModelError,
  RequestTooLargeError,
} from '../model/errors.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { ToolCall } from '../model/metadata.js';
import type { StoredOp } from '../model/op.js';
import type { StoredRecord } from '../model/record.js';
import type { TokenUsage } from '../model/usage.js';
import { canonicalJson } from '../model/canonical.js';
import type { Model, ModelEvent, ModelRequest } from '../ports/model.js';
import { newRecord, recordParams } from '../records/new-record.js';
import { selectionParams, selectionRow, unsentSelections } from '../records/file-selection.js';
import { completedOp, startedOp } from '../records/op.js';
import { toCompileRecord, type CompileRecord } from '../records/compile-record.js';
import type { Session } from '../session.js';
import { AnswerReader, type Answer } from './answer.js';
import { contextLimit } from './budget.js';
import { checkCallOptions } from './call-options.js';
import { withOrder } from './compile.js';
import { commitAnswer } from './commit-answer.js';
import { newCommit } from './effective-state.js';
import { requireAttached } from './head.js';
import { untilAborted } from './model-events.js';
import type { Scope } from './scope.js';

export interface GenerateOptions extends RenderOptions {
  /** A model of one's own, or the name of one for the configured provider. */
  readonly model?: Model | string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly topP?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  /** Anything else the provider takes. */
  readonly params?: JsonObject;
  readonly signal?: AbortSignal;
  /** Called with every event as it arrives. */
  readonly onEvent?: (event: ModelEvent) => void;
  readonly missionId?: string;
  readonly wpId?: string;
}

export interface GenerateResult {
  readonly text: string;
  /** The commit that holds the answer; null when the model said nothing. */
  readonly commit: Commit | null;
  readonly record: CompileRecord;
  /** Null when the provider reported none. */
  readonly usage: TokenUsage | null;
  readonly toolCalls: readonly ToolCall[];
  readonly reasoning: string;
  readonly generationConfig: JsonObject;
  /** The branch the answer went to, when HEAD's branch had moved on meanwhile; null otherwise. */
  readonly answerBranch: string | null;
}

/** A call that is on record and about to leave. */
interface Prepared {
  readonly request: ModelRequest;
  readonly record: StoredRecord;
  readonly op: StoredOp;
  readonly optionsKey: string;
  readonly branch: string;
  readonly generationConfig: JsonObject;
}

/**
 * Compiles, records, calls and commits the answer (SPEC §10). The record is durable before the request leaves; a failed or
 * cancelled call keeps it.
 * @throws InvalidArgumentError, NoModelError, NavigationError, DetachedHeadError, RequestTooLargeError, BudgetExceededError: neither record nor request then;
 *   whatever the model throws, with the record `failed` or `cancelled`
 */
export async function generate(
  session: Session,
  tractId: string,
  env: Scope['env'],
  options: GenerateOptions = {},
): Promise<GenerateResult> {
  const model = requireModel(session, tractId, env, options);
  const prepared = await session.run(tractId, { name: 'generate', detail: `generate with ${model.id}` }, (scope) =>
    prepare(scope, model, options),
  );
  const signal = options.signal ?? new AbortController().signal;
  const started = env.clock().getTime();
  const reader = new AnswerReader();
  try {
    signal.throwIfAborted();
    for await (const event of untilAborted(model.send(prepared.request, { signal }), signal)) {
      reader.read(event);
      options.onEvent?.(event);
    }
    signal.throwIfAborted();
  } catch (error) {
    await session.run(tractId, { name: 'generate', detail: 'generate failed' }, (scope) => {
      failed(scope, prepared, reader.answer(), error, signal.aborted, env.clock().getTime() - started);
    });
    throw error;
  }
  const latencyMs = env.clock().getTime() - started;
  return session.run(tractId, { name: 'generate', detail: `answer of ${model.id}` }, (scope) =>
    answered(scope, prepared, reader.answer(), latencyMs),
  );
}

/**
 * The model of a call that may be made here and now.
 * @throws InvalidArgumentError inside a batch or for bad options, DetachedHeadError, NoModelError; before anything is written
 */
export function requireModel(session: Session, tractId: string, env: Scope['env'], options: GenerateOptions): Model {
  checkCallOptions(options);
  if (session.isBatch)
    throw new InvalidArgumentError(
      'A model cannot be called inside batch(): the record must be durable before the request leaves. Nothing was sent.',
    );
  requireAttached({ tx: session.reads, tractId }, 'generate');
  const model = typeof options.model === 'object' ? options.model : env.model;
  if (!model)
    throw new NoModelError(
      'No model is configured. Choose one with `Tract: Choose Model…`, or pass a model to generate() or Tract.open(). Nothing was sent.',
    );
  return model;
}

async function prepare(scope: Scope, model: Model, options: GenerateOptions): Promise<Prepared> {
  const { tx, env } = scope;
  const head = requireAttached(scope, 'generate');
  if (head.hash === null || head.branch === null)
    throw new NavigationError('There is nothing to send yet: commit a message first.');
  const {
    model: _model,
    temperature,
    maxTokens,
    topP,
    stop,
    seed,
    params,
    signal: _signal,
    onEvent: _onEvent,
    missionId,
    wpId,
    ...given
  } = options;
  const rendering = await withOrder(env.compiler, tx, scope.tractId, head.hash, given);
  const normalized = normalizeOptions(rendering);
  const context = await env.compiler.compile(tx, head.hash, rendering);
  requireRoom(scope, context, model);
  const callParams = paramsOf({
    ...params,
    model: typeof options.model === 'string' ? options.model : undefined,
    temperature,
    maxTokens,
    topP,
    stop,
    seed,
  });
  const [provider = model.id, ...name] = model.id.split('/');
  const op: StoredOp = {
    ...(await startedOp(scope, 'generate', true)),
    modelId: model.id,
    ...(missionId === undefined ? {} : { missionId }),
    ...(wpId === undefined ? {} : { wpId }),
  };
  const record = await newRecord(scope, context, {
    id: env.newId(),
    createdAt: op.startedAt,
    params: recordParams(
      callParams,
      optionsOfKey(normalized.key),
      selectionParams(await unsentSelections(tx, head.hash)),
    ),
    provider,
    model: typeof options.model === 'string' ? options.model : name.length > 0 ? name.join('/') : model.id,
    opId: op.opId,
    origin: 'live',
  });
  const recorded: StoredOp = { ...op, recordId: record.id };
  tx.put({ kind: 'op', op: recorded });
  return {
    request: {
      messages: context.toOpenAI(),
      tools: context.tools ?? [],
      params: callParams,
      stablePrefix: record.stablePrefix.messages,
    },
    record,
    op: recorded,
    optionsKey: normalized.key,
    branch: head.branch,
    generationConfig: { model: record.model, ...callParams },
  };
}

/** A request that does not fit the model's own window is never sent (SPEC §11); a `warn` budget tells and lets it go. */
function requireRoom({ env }: Scope, context: CompiledContext, model: Model): void {
  const tokens = context.estimatedTokens;
  if (model.contextWindow !== undefined && tokens > model.contextWindow)
    throw new RequestTooLargeError(tokens, model.contextWindow);
  const max = contextLimit({ budget: env.budget, model });
  if (env.budget === null || max === null || tokens <= max) return;
  if (env.budget.action === 'reject') throw new BudgetExceededError(tokens, max);
  env.budget.callback?.(tokens, max);
}

function paramsOf(given: Readonly<Record<string, unknown>>): JsonObject | null {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? null
    : (JSON.parse(canonicalJson(Object.fromEntries(entries))) as Record<string, JsonValue>);
}

function failed(
  { tx, env }: Scope,
  { record, op }: Prepared,
  answer: Answer,
  error: unknown,
  cancelled: boolean,
  latencyMs: number,
): void {
  const errorCode = cancelled ? 'CANCELLED' : codeOf(error);
  const outcome = cancelled ? 'cancelled' : 'failed';
  tx.put({ kind: 'recordUpdate', id: record.id, update: { outcome, errorCode, latencyMs, usage: answer.usage } });
  putSelectionRow(tx, record, outcome);
  tx.put({ kind: 'op', op: { ...completedOp(op, tx, env), outcome: cancelled ? 'abandoned' : 'failed', errorCode } });
}

/** Files that were chosen for this call are accounted for once it has ended (SPEC §12). */
function putSelectionRow(tx: Scope['tx'], record: StoredRecord, outcome: 'answered' | 'cancelled' | 'failed'): void {
  const row = selectionRow(record, outcome);
  if (row !== null) tx.put({ kind: 'metrics', row });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN';
}

function answered(scope: Scope, prepared: Prepared, answer: Answer, latencyMs: number): GenerateResult {
  const { tx, env } = scope;
  const { record, op } = prepared;
  const generationConfig: JsonObject = {
    ...prepared.generationConfig,
    ...(answer.model === null ? {} : { model: answer.model }),
  };
  const { commit, branch } = commitAnswer(scope, {
    answer,
    generationConfig,
    head: record.headHash,
    branch: prepared.branch,
    recordId: record.id,
  });
  const { usage } = answer;
  tx.put({
    kind: 'recordUpdate',
    id: record.id,
    update: {
      outcome: 'answered',
      latencyMs,
      usage,
      finishReason: answer.finishReason,
      answerHash: commit?.commitHash ?? null,
      ...(answer.model === null ? {} : { model: answer.model }),
      ...(usage
        ? { tokenCount: usage.promptTokens, tokenSource: `api:${usage.promptTokens}+${usage.completionTokens}` }
        : {}),
    },
  });
  putSelectionRow(tx, record, 'answered');
  if (usage)
    tx.put({
      kind: 'usage',
      report: { headHash: record.headHash, optionsKey: prepared.optionsKey, usage, at: op.startedAt },
    });
  tx.put({ kind: 'op', op: { ...completedOp(op, tx, env), ...(usage ? { usage } : {}) } });
  const updated = tx.record(record.id) ?? record;
  return {
    text: answer.text,
    commit: commit && newCommit(env, commit),
    record: toCompileRecord(updated),
    usage,
    toolCalls: answer.toolCalls,
    reasoning: answer.reasoning,
    generationConfig,
    answerBranch: branch === prepared.branch ? null : branch,
  };
}
