import { createHash } from 'node:crypto';
import type { StoredCommit } from '../../../src/core/model/commit.js';
import type { TokenEfficiencyRow } from '../../../src/core/model/metrics.js';
import type { StoredOp } from '../../../src/core/model/op.js';
import type { StoredRecord } from '../../../src/core/model/record.js';
import type { RefLogEntry } from '../../../src/core/model/refs.js';
import type { StoredTract } from '../../../src/core/model/tract.js';
import type { Change } from '../../../src/core/ports/storage.js';

export const AT = '2026-01-01T00:00:00+00:00';

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** A content whose hash is true, as `check()` verifies it. */
export function content(text: string): Extract<Change, { kind: 'content' }> {
  return { kind: 'content', contentHash: sha256(text), text };
}

/** A commit named after `name`: its hash is sha256(name), its content's text is `text of <name>`. */
export function commit(
  name: string,
  parent: StoredCommit | null = null,
  rest: Partial<StoredCommit> = {},
): StoredCommit {
  return {
    commitHash: sha256(name),
    contentHash: sha256(`text of ${name}`),
    parentHash: parent?.commitHash ?? null,
    extraParents: [],
    contentType: 'dialogue',
    operation: 'append',
    editTarget: null,
    targets: [],
    timestampIso: '2026-01-01T00:00:00.000123+00:00',
    message: `message of ${name}`,
    metadata: null,
    generationConfig: null,
    textTokens: name.length,
    toolTokens: 0,
    tokenizer: 'tiktoken:o200k_base',
    depth: parent === null ? 0 : parent.depth + 1,
    generation: parent === null ? 1 : parent.generation + 1,
    jump: parent?.commitHash ?? null,
    lastMerge: parent?.lastMerge ?? null,
    ...rest,
  };
}

/** A commit `full` on top of `side` with something in every field. */
export function fullCommit(root: StoredCommit, side: StoredCommit): StoredCommit {
  return commit('full', side, {
    extraParents: [root.commitHash, side.commitHash],
    operation: 'edit',
    editTarget: root.commitHash,
    targets: [side.commitHash, root.commitHash],
    metadata: { tool_calls: [{ id: 'é', name: 'x', arguments: '{}' }], n: 1.5, none: null },
    generationConfig: { model: 'm', temperature: 0.25 },
    message: 'Zeile\n"two" 😀\u0000\uFEFF',
    toolTokens: 7,
    jump: root.commitHash,
    lastMerge: sha256('full'),
  });
}

/** The changes that store a commit of {@link commit} with its content. */
export function committing(stored: StoredCommit, name: string): readonly Change[] {
  return [content(`text of ${name}`), { kind: 'commit', commit: stored }];
}

/** A first-parent line `<prefix>0`, `<prefix>1`, … oldest first, on top of `base`. */
export function chain(prefix: string, length: number, base: StoredCommit | null = null): readonly StoredCommit[] {
  const line: StoredCommit[] = [];
  for (let i = 0; i < length; i++) line.push(commit(`${prefix}${String(i)}`, line.at(-1) ?? base));
  return line;
}

export function chainChanges(prefix: string, length: number, base: StoredCommit | null = null): readonly Change[] {
  return chain(prefix, length, base).flatMap((stored, i) => committing(stored, `${prefix}${String(i)}`));
}

export function tract(tractId: string, rest: Partial<StoredTract> = {}): StoredTract {
  return { tractId, name: `Tract ${tractId}`, createdAt: AT, spawn: null, collapsedInto: null, source: null, ...rest };
}

export function refLog(tractId: string, action: string, rest: Partial<RefLogEntry> = {}): Change {
  return {
    kind: 'refLog',
    entry: {
      tractId,
      at: AT,
      action,
      detail: `${action} é`,
      kind: 'move',
      of: null,
      changes: [{ ref: 'refs/heads/main', before: null, after: sha256(action) }],
      ...rest,
    },
  };
}

export function record(id: string, tractId: string, headHash: string, rest: Partial<StoredRecord> = {}): StoredRecord {
  return {
    id,
    tractId,
    headHash,
    tokenCount: 16,
    tokenSource: 'tiktoken:o200k_base',
    estimatedTokens: 16,
    commitCount: 2,
    params: null,
    provider: 'openai',
    model: 'gpt-x',
    toolsHash: null,
    contextHash: sha256('context'),
    createdAt: AT,
    outcome: 'pending',
    errorCode: null,
    latencyMs: null,
    usage: null,
    finishReason: null,
    opId: null,
    answerHash: null,
    stablePrefix: { messages: 1, tokens: 8 },
    effectives: { base: null, keep: 0, add: [headHash], chain: 0 },
    origin: 'live',
    ...rest,
  };
}

export const USAGE = {
  promptTokens: 100,
  completionTokens: 50,
  totalTokens: 150,
  cacheReadTokens: 3,
  cacheWriteTokens: 4,
  reasoningTokens: 5,
};

export function op(opId: string, tractId: string, rest: Partial<StoredOp> = {}): StoredOp {
  return {
    opId,
    tractId,
    action: 'generate',
    actor: 'user',
    branch: 'main',
    headBefore: null,
    headAfter: null,
    contextHash: null,
    tokenCount: null,
    commitCount: null,
    modelId: null,
    missionId: null,
    wpId: null,
    startedAt: AT,
    completedAt: null,
    outcome: null,
    closedBy: null,
    recordId: null,
    usage: null,
    errorCode: null,
    ...rest,
  };
}

export function metric(runId: string, phase: string, rest: Partial<TokenEfficiencyRow> = {}): TokenEfficiencyRow {
  return {
    run_id: runId,
    phase,
    artifact_substitutions: 1,
    tokens_saved_artifacts: 2,
    artifact_tokens_used: 3,
    fullfile_tokens_avoided: 5,
    substituted_paths: ['a.ts'],
    budget_mode: 'lexical',
    budget_used: 10,
    budget_cap: 20,
    files_kept: 1,
    files_omitted: 2,
    embedding_cache_hits: 0,
    embedding_cache_misses: 0,
    embedding_calls_made: 0,
    embedding_cap_value: -1,
    embedding_fallback_reason: null,
    deliverables_count: 0,
    context_files_total: 3,
    outcome: 'ok',
    created_at: AT,
    ...rest,
  };
}
