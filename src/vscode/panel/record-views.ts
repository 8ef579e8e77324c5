import { diffLines } from 'diff';
import { slotOf } from '../../core/compile/snapshot.js';
import type { CompiledContext, CompiledMessage } from '../../core/model/context.js';
import { NotReproducibleError, TractError } from '../../core/model/errors.js';
import type { CompileRecord, CompileRecordDetails } from '../../core/records/compile-record.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { shortHash } from '../../shared/format.js';
import type { ComparisonView, RecordDetailView, RecordsView, RecordView } from '../../shared/record-view.js';
import { WindowError } from '../errors.js';
import { messageView, roleOf } from './message-view.js';

type MessageDiff = ComparisonView['messages'][number];
/** Longest text of one message that is compared line by line, in UTF-16 units. */
const LONGEST = 200_000;

export function recordsView(store: Store, tractId: string, limit: number): RecordsView {
  const records = store.storage.records(tractId, { limit: limit + 1 });
  return { records: records.slice(0, limit).map(recordView), hasMore: records.length > limit };
}

export function recordView(record: CompileRecord): RecordView {
  const { usage } = record;
  return {
    id: record.id,
    createdAt: record.createdAt,
    head: record.headHash,
    provider: record.provider,
    model: record.model,
    outcome: record.outcome,
    errorCode: record.errorCode,
    finishReason: record.finishReason,
    messages: record.commitCount,
    estimated: record.estimatedTokens,
    usage: usage && {
      prompt: usage.promptTokens,
      completion: usage.completionTokens,
      cacheRead: usage.cacheReadTokens,
      cacheWrite: usage.cacheWriteTokens,
      reasoning: usage.reasoningTokens,
    },
    latencyMs: record.latencyMs,
    stablePrefix: record.stablePrefix,
    answer: record.answerHash,
    imported: record.origin === 'imported',
  };
}

/** One record opened: compiled again, its hash checked (SPEC §7). */
export async function recordDetailView(store: Store, tract: Tract, id: string): Promise<RecordDetailView> {
  const record = await requireRecord(tract, id);
  const snapshot = await store.env.compiler.snapshot(store.storage, record.headHash);
  const messages = record.commitHashes.flatMap((hash) => {
    const slot = slotOf(snapshot, hash);
    return slot ? [messageView(store, slot, true)] : [];
  });
  const checked = await reproduce(record);
  const facts: [string, string | null][] = [
    ['Record', record.id],
    ['Compiled at', shortHash(record.headHash)],
    ['Context hash', record.contextHash],
    ['Tools hash', record.toolsHash],
    ['Token source', record.tokenSource],
    ['Op', record.opId],
    ...Object.entries(record.params ?? {}).map(([key, value]): [string, string] => [key, JSON.stringify(value)]),
  ];
  return {
    record: recordView(record),
    messages,
    facts: facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }])),
    ...checked,
  };
}

async function reproduce(record: CompileRecordDetails): Promise<Pick<RecordDetailView, 'reproduced' | 'reason'>> {
  try {
    await record.reproduce();
    return { reproduced: 'same', reason: null };
  } catch (error) {
    if (error instanceof NotReproducibleError) return { reproduced: 'notReproducible', reason: error.message };
    if (error instanceof TractError) return { reproduced: 'different', reason: error.message };
    throw error;
  }
}

async function requireRecord(tract: Tract, id: string): Promise<CompileRecordDetails> {
  const record = await tract.compileRecord(id);
  if (record) return record;
  throw new WindowError('This record is no longer in the store.');
}

/** Two records, message by message. O(messages + changed text). */
export async function comparisonView(tract: Tract, first: string, second: string): Promise<ComparisonView> {
  const records = [await requireRecord(tract, first), await requireRecord(tract, second)];
  const [a, b] = records.sort((x, y) => x.createdAt.localeCompare(y.createdAt));
  if (!a || !b) throw new WindowError('This record is no longer in the store.');
  const messages = alignMessages(await sent(tract, a), await sent(tract, b));
  const count = (status: MessageDiff['status']) => messages.filter((message) => message.status === status).length;
  const exact = a.usage !== null && b.usage !== null;
  const tokens = (record: CompileRecordDetails) => (exact ? (record.usage?.promptTokens ?? 0) : record.estimatedTokens);
  return {
    a: recordView(a),
    b: recordView(b),
    added: count('added'),
    removed: count('removed'),
    modified: count('modified'),
    unchanged: count('unchanged'),
    tokenDelta: { count: tokens(b) - tokens(a), exact },
    messages,
  };
}

/** What was sent; of a record that cannot be reproduced, what its head compiles to. */
async function sent(tract: Tract, record: CompileRecordDetails): Promise<CompiledContext> {
  try {
    return await record.reproduce();
  } catch (error) {
    if (error instanceof NotReproducibleError) return tract.compile({ at: record.headHash });
    throw error;
  }
}

/** Messages of one commit are the same message; the others are added or removed. */
function alignMessages(a: CompiledContext, b: CompiledContext): MessageDiff[] {
  const inA = new Map(a.messages.map((message) => [message.commitHash, message]));
  const inB = new Set(b.commitHashes);
  const rows: MessageDiff[] = [];
  const removed = a.messages[Symbol.iterator]();
  let pending: CompiledMessage | undefined;
  const takeRemovedBefore = (hash: string | null) => {
    for (;;) {
      pending ??= removed.next().value ?? undefined;
      if (!pending || pending.commitHash === hash) break;
      if (!inB.has(pending.commitHash)) rows.push(row('removed', pending, null));
      pending = undefined;
    }
  };
  for (const message of b.messages) {
    const before = inA.get(message.commitHash);
    if (before) takeRemovedBefore(message.commitHash);
    rows.push(
      before
        ? row(before.content === message.content ? 'unchanged' : 'modified', before, message)
        : row('added', null, message),
    );
  }
  takeRemovedBefore(null);
  return rows;
}

function row(status: MessageDiff['status'], a: CompiledMessage | null, b: CompiledMessage | null): MessageDiff {
  const shown = b ?? a;
  return {
    status,
    role: roleOf(shown?.role ?? ''),
    contentType: shown?.contentType ?? '',
    hash: shown?.commitHash ?? '',
    tokensA: a?.tokenCount ?? null,
    tokensB: b?.tokenCount ?? null,
    runs: runs(status, a?.content ?? '', b?.content ?? ''),
  };
}

function runs(status: MessageDiff['status'], a: string, b: string): MessageDiff['runs'] {
  if (status !== 'modified')
    return [{ kind: status === 'unchanged' ? 'same' : status, text: status === 'removed' ? a : b }];
  if (a.length + b.length > LONGEST)
    return [
      { kind: 'removed', text: a },
      { kind: 'added', text: b },
    ];
  return diffLines(a, b).map(({ added, removed, value }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}
