import * as vscode from 'vscode';
import type { Priority } from '../../core/model/commit.js';
import { shownTime } from '../../core/model/shown-time.js';
import { age, fullCount, shortHash } from '../../shared/format.js';
import { commitIcon, commitLabel, counted, ownTokens, themeIcon } from '../commit-look.js';
import type { CommitNode } from './nodes.js';

/** The row of a commit (SPEC §15): icon by kind, first line, `1a2b3c4d · 312 tok · 5 min`, and what became of it. */
export function commitItem(node: CommitNode, expandable: boolean, now: number): vscode.TreeItem {
  const { commit } = node;
  const label = commitLabel(commit);
  const item = new vscode.TreeItem(
    label,
    expandable ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const marks = marksOf(node);
  const tokens = commit.operation === 'annotate' ? [] : [`${fullCount(ownTokens(commit))} tok`];
  const parts = [
    shortHash(commit.commitHash),
    ...tokens,
    age(shownTime(commit.timestampIso, commit.metadata), now),
    ...marks,
  ];
  item.description = parts.join(' · ');
  item.iconPath = iconOf(node);
  item.contextValue = contextValueOf(node);
  item.accessibilityInformation = { label: `${commit.contentType}, ${label}, ${parts.join(', ')}` };
  item.command = { command: 'tract.openCommit', title: vscode.l10n.t('Open Commit'), arguments: [node] };
  return item;
}

function marksOf({ entry, isHead }: CommitNode): string[] {
  const marks: string[] = isHead ? ['HEAD'] : [];
  if (entry === null) return marks;
  marks.push(...entry.tags.map((tag) => `#${tag}`));
  if (entry.compressedBy !== null) marks.push(vscode.l10n.t('compressed'));
  if (entry.edits > 0) marks.push(vscode.l10n.t('edited'));
  if (entry.makesMessage) {
    if (entry.effectivePriority === 'pinned') marks.push(vscode.l10n.t('pinned'));
    if (entry.effectivePriority === 'important') marks.push(vscode.l10n.t('important'));
    if (entry.effectivePriority === 'skip') marks.push(vscode.l10n.t('skipped'));
  }
  return marks;
}

const COLORS: Readonly<Partial<Record<Priority, string>>> = {
  pinned: 'charts.yellow',
  important: 'charts.orange',
  skip: 'disabledForeground',
};

function iconOf({ commit, entry, isHead }: CommitNode): vscode.ThemeIcon {
  const id = commitIcon(commit);
  if (entry === null || !entry.makesMessage) return themeIcon(id, isHead ? 'charts.green' : undefined);
  if (entry.compressedBy !== null) return themeIcon(id, 'disabledForeground');
  return themeIcon(id, COLORS[entry.effectivePriority] ?? (isHead ? 'charts.green' : undefined));
}

/** `commit`, then what `when` clauses ask for: `message`, `edited`, `compress`, and the priority. */
function contextValueOf(node: CommitNode): string {
  const { commit, entry, isHead } = node;
  const words = ['commit'];
  if (entry?.makesMessage === true) words.push('message', `is-${entry.effectivePriority}`);
  if (entry !== null && entry.edits > 0) words.push('edited');
  // A compression into nothing brings its sources back (SPEC §9.4).
  if (commit.operation === 'compress' && entry?.makesMessage === false) words.push('op-expand');
  else if (commit.operation !== 'append') words.push(`op-${commit.operation}`);
  if (commit.metadata?.['collapsed_tract'] !== undefined) words.push('sub-session');
  if (isHead) words.push('head');
  return words.join(' ');
}

/** The tooltip: plain facts, text escaped, no HTML. Made when it is asked for. */
export function commitTooltip({ commit, entry }: CommitNode): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const text = commit.message.length > 500 ? `${commit.message.slice(0, 500)}…` : commit.message;
  tooltip.appendText(text).appendMarkdown('\n\n---\n\n');
  const facts: [string, string][] = [
    [vscode.l10n.t('Commit'), commit.commitHash],
    [
      vscode.l10n.t('Kind'),
      commit.operation === 'append' ? commit.contentType : `${commit.operation} (${commit.contentType})`,
    ],
    [vscode.l10n.t('Tokens'), vscode.l10n.t('{0}, estimated ({1})', fullCount(ownTokens(commit)), commit.tokenizer)],
    [vscode.l10n.t('Time'), shownTime(commit.timestampIso, commit.metadata)],
  ];
  if (entry !== null) {
    if (entry.author !== null) facts.push([vscode.l10n.t('Author'), entry.author]);
    facts.push([vscode.l10n.t('Priority'), entry.effectivePriority]);
    if (entry.edits > 0) facts.push([vscode.l10n.t('Edits'), counted(entry.edits, 'edit', 'edits')]);
    if (entry.compressedBy !== null) facts.push([vscode.l10n.t('Compressed by'), shortHash(entry.compressedBy)]);
    if (entry.tags.length > 0) facts.push([vscode.l10n.t('Tags'), entry.tags.join(', ')]);
  }
  for (const [name, value] of facts) tooltip.appendText(`${name}: ${value}`).appendMarkdown('  \n');
  return tooltip;
}
