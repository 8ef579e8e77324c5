import * as vscode from 'vscode';
import type { StoredRecord } from '../../core/model/record.js';
import { age, compactCount, duration, fullCount, shortHash } from '../../shared/format.js';
import { themeIcon } from '../commit-look.js';
import type { RecordNode } from './nodes.js';

const ICONS: Readonly<Record<StoredRecord['outcome'], readonly [icon: string, color?: string]>> = {
  answered: ['pass', 'charts.green'],
  failed: ['error', 'charts.red'],
  cancelled: ['circle-slash'],
  pending: ['loading~spin'],
  interrupted: ['warning', 'charts.yellow'],
};

/** The row of a compile record: model, `12.4k reported · 98% cached · 5 min`. */
export function recordItem(node: RecordNode, now: number): vscode.TreeItem {
  const { record } = node;
  const label = record.model ?? record.provider ?? vscode.l10n.t('unknown model');
  const item = new vscode.TreeItem(label);
  const cached = cachedShare(record);
  const parts = [
    tokensOf(record),
    ...(cached === null ? [] : [vscode.l10n.t('{0}% cached', cached)]),
    shortHash(record.headHash),
    age(record.createdAt, now),
  ];
  item.description = parts.join(' · ');
  item.iconPath = themeIcon(...ICONS[record.outcome]);
  item.contextValue = 'record';
  item.accessibilityInformation = { label: `${record.outcome}, ${label}, ${parts.join(', ')}` };
  item.command = { command: 'tract.openRecord', title: vscode.l10n.t('Open Record'), arguments: [node] };
  return item;
}

function tokensOf({ usage, tokenCount }: StoredRecord): string {
  return usage === null
    ? `~${compactCount(tokenCount)} tok`
    : vscode.l10n.t('{0} tok reported', compactCount(usage.promptTokens));
}

function cachedShare({ usage }: StoredRecord): number | null {
  if (usage === null || usage.promptTokens === 0) return null;
  return Math.floor((usage.cacheReadTokens / usage.promptTokens) * 100);
}

export function recordTooltip({ record }: RecordNode): vscode.MarkdownString {
  const { usage } = record;
  const facts: [string, string][] = [
    [vscode.l10n.t('Record'), record.id],
    [vscode.l10n.t('Outcome'), record.errorCode === null ? record.outcome : `${record.outcome} (${record.errorCode})`],
    [vscode.l10n.t('Model'), record.model ?? '–'],
    [vscode.l10n.t('Compiled at'), `${shortHash(record.headHash)}, ${record.commitCount} messages`],
    [vscode.l10n.t('Estimated'), `~${fullCount(record.estimatedTokens)}`],
  ];
  if (usage !== null) {
    facts.push(
      [vscode.l10n.t('Reported prompt'), fullCount(usage.promptTokens)],
      [vscode.l10n.t('Read from cache'), fullCount(usage.cacheReadTokens)],
      [vscode.l10n.t('Written to cache'), fullCount(usage.cacheWriteTokens)],
      [vscode.l10n.t('Reported completion'), fullCount(usage.completionTokens)],
    );
  }
  if (record.latencyMs !== null) facts.push([vscode.l10n.t('Latency'), duration(record.latencyMs)]);
  facts.push(
    [
      vscode.l10n.t('Same as the record before'),
      `${record.stablePrefix.messages} messages, ~${fullCount(record.stablePrefix.tokens)} tokens`,
    ],
    [vscode.l10n.t('Time'), record.createdAt],
  );
  const tooltip = new vscode.MarkdownString();
  for (const [name, value] of facts) tooltip.appendText(`${name}: ${value}`).appendMarkdown('  \n');
  return tooltip;
}
