import * as vscode from 'vscode';
import { pendingMessage } from '../../ops/index.js';
import { age, compactTokens, describeTokens, shortHash } from '../../shared/format.js';
import { themeIcon } from '../commit-look.js';
import type { OpEntry, OpState } from './op-entries.js';

const ICONS: Readonly<Record<OpState, readonly [icon: string, color?: string]>> = {
  done: ['pass', 'charts.green'],
  failed: ['error', 'charts.red'],
  abandoned: ['circle-slash'],
  running: ['loading~spin'],
  orphan: ['warning', 'charts.yellow'],
};

/** The row of an op: `reset`, `done · ~12.4k tok · 5 min`. */
export function opItem(entry: OpEntry, now: number): vscode.TreeItem {
  const item = new vscode.TreeItem(entry.action);
  const parts = partsOf(entry, now);
  item.id = `op:${entry.opId}`;
  item.description = parts.join(' · ');
  item.iconPath =
    entry.pending !== null && entry.state === 'done'
      ? themeIcon('git-commit', 'charts.yellow')
      : themeIcon(...ICONS[entry.state]);
  // Words that the menus' `when` clauses look for.
  item.contextValue = [
    'op',
    entry.state,
    ...(entry.recordId === null ? [] : ['record']),
    ...(entry.headBefore === null ? [] : ['before']),
    ...(entry.headAfter === null ? [] : ['after']),
    ...(entry.path === null ? [] : ['file']),
    ...(entry.isLast ? ['last'] : []),
  ].join(' ');
  item.accessibilityInformation = { label: `${entry.action}, ${parts.join(', ')}` };
  return item;
}

/** What stands beside the action of an op. */
export function opText(entry: OpEntry, now: number): string {
  return partsOf(entry, now).join(' · ');
}

function partsOf(entry: OpEntry, now: number): string[] {
  const parts = [stateText(entry), ...(entry.tokens ? [`${compactTokens(entry.tokens)} tok`] : [])];
  if (entry.pending !== null) parts.push(vscode.l10n.t('not committed yet'));
  return [...parts, age(entry.startedAt, now)];
}

function stateText({ state, errorCode }: OpEntry): string {
  switch (state) {
    case 'done':
      return vscode.l10n.t('done');
    case 'failed':
      return errorCode === null ? vscode.l10n.t('failed') : vscode.l10n.t('failed: {0}', errorCode);
    case 'abandoned':
      return vscode.l10n.t('abandoned');
    case 'running':
      return vscode.l10n.t('running');
    case 'orphan':
      return vscode.l10n.t('never completed');
  }
}

/** Everything that is known about an op. */
export function opTooltip(entry: OpEntry): vscode.MarkdownString {
  const facts: (readonly [string, string | null])[] = [
    [vscode.l10n.t('Operation'), entry.opId],
    [vscode.l10n.t('Outcome'), stateText(entry)],
    [vscode.l10n.t('By'), entry.actor],
    [vscode.l10n.t('Branch'), entry.branch],
    [vscode.l10n.t('Before'), entry.headBefore && shortHash(entry.headBefore)],
    [vscode.l10n.t('After'), entry.headAfter && shortHash(entry.headAfter)],
    [vscode.l10n.t('Tokens'), entry.tokens && describeTokens(entry.tokens)],
    [vscode.l10n.t('Model'), entry.modelId],
    [vscode.l10n.t('Time'), entry.startedAt],
  ];
  const tooltip = new vscode.MarkdownString();
  for (const [name, value] of facts) if (value !== null) tooltip.appendText(`${name}: ${value}`).appendMarkdown('  \n');
  if (entry.pending !== null) tooltip.appendMarkdown('\n').appendText(pendingMessage(entry.pending));
  if (entry.state === 'orphan')
    tooltip
      .appendMarkdown('\n')
      .appendText(vscode.l10n.t('It was started and never completed: the window or the machine ended before it did.'));
  return tooltip;
}
