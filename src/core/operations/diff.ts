import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { shownMessages, touchedBetween } from '../compile/touched.js';
import type { Environment } from '../environment.js';
import { commitOf } from '../graph/ancestry.js';
import { resolveRef } from '../graph/resolve.js';
import { canonicalJson } from '../model/canonical.js';
import type { CompiledMessage } from '../model/context.js';
import { NavigationError } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import type { Reads } from '../transaction.js';
import { readHead } from './head.js';

export interface MessageDiff {
  readonly status: 'added' | 'removed' | 'modified' | 'unchanged';
  readonly a?: CompiledMessage;
  readonly b?: CompiledMessage;
  /** `--- commit <8>` / `+++ commit <8>` and hunks; for changed texts only. */
  readonly unifiedDiff?: string;
  readonly roleChanged?: true;
  readonly nameChanged?: true;
  readonly configChanges?: Readonly<Record<string, { readonly a: JsonValue; readonly b: JsonValue }>>;
}

export interface ContextDiff {
  /** Commit hash, or `(empty)` before the first commit. */
  readonly a: string;
  readonly b: string;
  readonly totals: {
    readonly added: number;
    readonly removed: number;
    readonly modified: number;
    readonly unchanged: number;
    readonly tokenDelta: number;
  };
  readonly messages: readonly MessageDiff[];
}

export const EMPTY = '(empty)';

/**
 * Two contexts message by message (SPEC §8): `b` is HEAD and `a` its parent unless given; for an edit without `a`, only the edit.
 * Between a commit and one not far behind it the totals cost what changed; `messages` are aligned when first read.
 * @throws NavigationError `No commits to diff`, CommitNotFoundError
 */
export async function diff(
  store: Reads,
  tractId: string,
  env: Environment,
  refA?: string,
  refB?: string,
): Promise<ContextDiff> {
  if (readHead(store, tractId).hash === null) throw new NavigationError('No commits to diff');
  const b = resolveRef(store, tractId, refB ?? 'HEAD');
  const commit = commitOf(store, b);
  const a = refA === undefined ? commit.parentHash : resolveRef(store, tractId, refA);
  const labels = { a: a ?? EMPTY, b };
  const snapshots = [await env.compiler.snapshot(store, a), await env.compiler.snapshot(store, b)] as const;
  if (refA === undefined && commit.operation === 'edit' && commit.editTarget !== null) {
    const target = [commit.editTarget];
    const [before, after] = [shownMessages(snapshots[0], target), shownMessages(snapshots[1], target)];
    return compareMessages(before, after, labels);
  }
  const [before, after] = [await env.compiler.compile(store, a), await env.compiler.compile(store, b)];
  const touched = touchedBetween(store, ...snapshots);
  if (!touched) return compareMessages(before.messages, after.messages, labels);
  const { totals } = compareMessages(touched.before, touched.after, labels);
  let messages: readonly MessageDiff[] | undefined;
  return {
    ...labels,
    totals: { ...totals, unchanged: totals.unchanged + after.commitCount - touched.after.length },
    get messages() {
      return (messages ??= compareMessages(before.messages, after.messages, labels).messages);
    },
  };
}

/** Aligns two lists of messages, first by commit and then by equal role and text, and says what became of each (SPEC §7, §8). */
export function compareMessages(
  before: readonly CompiledMessage[],
  after: readonly CompiledMessage[],
  labels: { readonly a: string; readonly b: string },
): ContextDiff {
  const partners = align(before, after);
  const taken = new Set(partners.values());
  const places = new Map(before.map((message, i) => [message, i]));
  const messages: MessageDiff[] = [];
  let next = 0;
  const passRemoved = (upTo: number) => {
    for (; next < upTo; next++) {
      const a = before[next];
      if (a && !taken.has(a)) messages.push({ status: 'removed', a });
    }
  };
  for (const b of after) {
    const a = partners.get(b);
    if (!a) {
      messages.push({ status: 'added', b });
      continue;
    }
    passRemoved(places.get(a) ?? 0);
    messages.push(compare(a, b, labels));
  }
  passRemoved(before.length);
  const count = (status: MessageDiff['status']) => messages.filter((message) => message.status === status).length;
  const tokens = (list: readonly CompiledMessage[]) => list.reduce((sum, message) => sum + message.tokenCount, 0);
  return {
    ...labels,
    totals: {
      added: count('added'),
      removed: count('removed'),
      modified: count('modified'),
      unchanged: count('unchanged'),
      tokenDelta: tokens(after) - tokens(before),
    },
    messages,
  };
}

function align(
  before: readonly CompiledMessage[],
  after: readonly CompiledMessage[],
): Map<CompiledMessage, CompiledMessage> {
  const partners = new Map<CompiledMessage, CompiledMessage>();
  const byHash = new Map(before.map((message) => [message.commitHash, message]));
  for (const b of after) {
    const a = byHash.get(b.commitHash);
    if (a) partners.set(b, a);
  }
  const taken = new Set(partners.values());
  const byText = new Map<string, CompiledMessage[]>();
  for (const a of before) {
    if (taken.has(a)) continue;
    const key = `${a.role}\n${a.content}`;
    byText.set(key, [...(byText.get(key) ?? []), a]);
  }
  for (const b of after) {
    const a = partners.has(b) ? undefined : byText.get(`${b.role}\n${b.content}`)?.shift();
    if (a) partners.set(b, a);
  }
  return partners;
}

function compare(
  a: CompiledMessage,
  b: CompiledMessage,
  labels: { readonly a: string; readonly b: string },
): MessageDiff {
  const textChanged = a.content !== b.content || canonicalJson(a.toolCalls) !== canonicalJson(b.toolCalls);
  const configChanges = configDiff(a, b);
  const changes = {
    ...(textChanged ? { unifiedDiff: unifiedDiff(a, b, labels) } : {}),
    ...(a.role === b.role ? {} : { roleChanged: true as const }),
    ...(a.name === b.name ? {} : { nameChanged: true as const }),
    ...(configChanges ? { configChanges } : {}),
  };
  return { status: Object.keys(changes).length > 0 ? 'modified' : 'unchanged', a, b, ...changes };
}

function unifiedDiff(
  a: CompiledMessage,
  b: CompiledMessage,
  labels: { readonly a: string; readonly b: string },
): string {
  const name = (label: string) => `commit ${label === EMPTY ? EMPTY : label.slice(0, 8)}`;
  return createTwoFilesPatch(name(labels.a), name(labels.b), diffText(a), diffText(b), undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
}

function diffText(message: CompiledMessage): string {
  return [message.content, ...(message.toolCalls ?? []).map((call) => `${call.name}(${call.arguments})`)]
    .filter((part) => part !== '')
    .join('\n');
}

function configDiff(a: CompiledMessage, b: CompiledMessage): MessageDiff['configChanges'] | null {
  const before = a.generationConfig ?? {};
  const after = b.generationConfig ?? {};
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null),
  );
  return changed.length === 0
    ? null
    : Object.fromEntries(changed.map((key) => [key, { a: before[key] ?? null, b: after[key] ?? null }]));
}
