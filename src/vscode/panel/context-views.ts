import * as vscode from 'vscode';
import { orderedSlots, visibleSlots } from '../../core/compile/snapshot.js';
import type { CompiledContext } from '../../core/model/context.js';
import { lastRedoable, lastUndoable } from '../../core/operations/undo.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import type { BudgetView } from '../../shared/budget-view.js';
import type { ComposerView } from '../../shared/composer-view.js';
import type { ContextView } from '../../shared/context-view.js';
import { shortHash } from '../../shared/format.js';
import type { HeaderView } from '../../shared/header.js';
import { roomSuggestions } from '../chat/room-commands.js';
import { stablePrefix } from '../chat/stable-prefix.js';
import { commitLabel } from '../commit-look.js';
import { contextBudget } from '../context-budget.js';
import { behindSession } from '../sessions/behind-session.js';
import { readSettings } from '../settings.js';
import type { TractWindow } from '../window.js';
import { messageView, roleOf } from './message-view.js';

/** The heaviest commits that the treemap draws one by one. */
const TILES = 200;
const POINTS = 1000;

export const NO_TRACT_HEADER: HeaderView = {
  tract: null,
  branch: null,
  head: null,
  detached: false,
  readOnly: null,
  busy: null,
  behindSession: 0,
  changedFiles: 0,
  tokens: { count: 0, exact: true },
  unseen: 0,
  available: null,
  undo: null,
  redo: null,
};

export const NO_TRACT_CONTEXT: ContextView = {
  at: null,
  label: '',
  messages: [],
  total: { count: 0, exact: true },
  tokenSource: '',
  unseen: 0,
  cachedUpTo: null,
};

const isExact = (tokenSource: string): boolean => tokenSource === '' || tokenSource.startsWith('api:');

export async function headerView(
  store: Store,
  tract: Tract,
  { changedFiles }: Pick<TractWindow, 'changedFiles'>,
): Promise<HeaderView> {
  const { storage } = store;
  const status = await tract.status();
  const name = storage.tract(tract.tractId)?.name ?? tract.tractId;
  return {
    tract: { id: tract.tractId, name },
    branch: status.branch,
    head: status.head,
    detached: status.detached,
    readOnly: storage.readOnlyReason,
    busy: null,
    behindSession: (status.branch === null ? null : behindSession(store, tract.tractId, status.branch))?.commits ?? 0,
    changedFiles: changedFiles.files.length,
    tokens: { count: status.tokenCount, exact: isExact(status.tokenSource) },
    unseen: status.unseenTokens,
    available: contextBudget(store, tract.tractId).available,
    undo: lastUndoable(storage, tract.tractId)?.detail ?? null,
    redo: lastRedoable(storage, tract.tractId)?.detail ?? null,
  };
}

/** The compiled context of HEAD, with what `skip` keeps out of it listed too. O(messages). */
export async function contextView(store: Store, tract: Tract): Promise<ContextView> {
  const { head, currentBranch } = tract;
  const [context, status] = [await tract.compile(), await tract.status()];
  const snapshot = await store.env.compiler.snapshot(store.storage, head);
  const visible = new Set(visibleSlots(snapshot));
  const listed = [...orderedSlots(snapshot)].filter((slot) => slot.hiddenBy === null);
  return {
    at: head,
    label: currentBranch ?? (head === null ? '' : shortHash(head)),
    messages: listed.map((slot) => messageView(store, slot, visible.has(slot))),
    total: { count: context.tokenCount, exact: isExact(context.tokenSource) },
    tokenSource: context.tokenSource,
    unseen: status.unseenTokens,
    cachedUpTo: await stablePrefix(store, tract, context),
  };
}

export async function budgetView(store: Store, tract: Tract): Promise<BudgetView> {
  const { budget } = readSettings();
  const { max, source, reserved, available } = contextBudget(store, tract.tractId);
  const [context, status] = [await tract.compile(), await tract.status()];
  const { messages } = context;
  const heaviest = [...messages].sort((a, b) => b.tokenCount - a.tokenCount).slice(0, TILES);
  return {
    max,
    maxSource: source,
    reserved,
    used: { count: context.tokenCount, exact: isExact(context.tokenSource) },
    unseen: status.unseenTokens,
    action: max === null ? 'none' : budget.action,
    warnAt: budget.warnAt,
    errorAt: budget.errorAt,
    byRole: shares(messages, ({ role }) => role),
    byType: shares(messages, ({ contentType }) => contentType),
    commits: heaviest.map((message) => {
      const commit = store.storage.commit(message.commitHash);
      return {
        hash: message.commitHash,
        label: commit ? commitLabel(commit) : shortHash(message.commitHash),
        role: roleOf(message.role),
        contentType: message.contentType,
        tokens: message.tokenCount,
      };
    }),
    history: store.storage
      .records(tract.tractId, { limit: POINTS })
      .toReversed()
      .map(({ id, createdAt, estimatedTokens, usage }) => ({
        recordId: id,
        createdAt,
        estimated: estimatedTokens,
        reported: usage?.promptTokens ?? null,
        cacheRead: usage?.cacheReadTokens ?? null,
      })),
    drift: tract.drift().map(({ model, factor, records }) => ({ model, ratio: factor, records })),
    suggestions: available !== null && context.tokenCount >= available * budget.warnAt ? roomSuggestions(messages) : [],
  };
}

function shares(
  messages: CompiledContext['messages'],
  keyOf: (message: CompiledContext['messages'][number]) => string,
): BudgetView['byRole'] {
  const sums = new Map<string, { tokens: number; messages: number }>();
  for (const message of messages) {
    const sum = sums.get(keyOf(message)) ?? { tokens: 0, messages: 0 };
    sums.set(keyOf(message), { tokens: sum.tokens + message.tokenCount, messages: sum.messages + 1 });
  }
  return [...sums].map(([key, sum]) => ({ key, ...sum })).sort((a, b) => b.tokens - a.tokens);
}

/** What the composer shows of the conversation: to whom, what it would cost, and what is under way. */
export async function composerView(
  { models, conversation }: Pick<TractWindow, 'models' | 'conversation'>,
  store: Store,
  tract: Tract,
): Promise<ComposerView> {
  const context = await tract.compile();
  const { available, reserved } = contextBudget(store, tract.tractId);
  const cached = await stablePrefix(store, tract, context);
  const listed = await models.list();
  const modelId = models.chosen('chat');
  // Models of VS Code's say themselves what they take.
  const limits = [available, listed.find(({ id }) => id === modelId)?.window ?? null].filter((limit) => limit !== null);
  return {
    models: [...listed],
    modelId,
    disabled:
      store.storage.readOnlyReason ??
      models.refusal ??
      (tract.isDetached ? vscode.l10n.t('HEAD is detached: check out a branch to talk to a model.') : null),
    context: { count: context.tokenCount, exact: isExact(context.tokenSource) },
    stablePrefix: cached?.tokens ?? 0,
    reserved,
    available: limits.length === 0 ? null : Math.min(...limits),
    state: conversation.state(tract.tractId),
  };
}
