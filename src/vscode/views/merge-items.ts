import * as vscode from 'vscode';
import { shortHash } from '../../shared/format.js';
import { commitLabel, counted, themeIcon } from '../commit-look.js';
import { kindText } from '../commands/conflicts.js';
import type { Store } from '../../core/store.js';
import { nameOf } from '../merge/open-conflict.js';
import type { ConflictNode, MergeNode, ResolutionNode } from './nodes.js';

/** The row of a merge in progress: `Merging side`, `2 of 3 conflicts to resolve`. */
export function mergeItem({ merge }: MergeNode): vscode.TreeItem {
  const left = merge.conflicts.filter(({ resolution }) => resolution === undefined).length;
  const title = vscode.l10n.t('Merging {0}', nameOf(merge));
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Expanded);
  item.description = vscode.l10n.t(
    '{0} of {1} to resolve',
    left,
    counted(merge.conflicts.length, 'conflict', 'conflicts'),
  );
  item.iconPath = themeIcon('git-merge', 'charts.yellow');
  item.contextValue = 'merge';
  item.command = { command: 'tract.resolveConflict', title: vscode.l10n.t('Resolve Conflict') };
  item.accessibilityInformation = { label: `${title}, ${item.description}` };
  return item;
}

/** The row of a conflict; a click opens its texts. */
export function conflictItem(node: ConflictNode): vscode.TreeItem {
  const { conflict } = node;
  const { label } = conflict;
  const item = new vscode.TreeItem(label);
  const isOpen = conflict.resolution === undefined;
  item.description = `${shortHash(conflict.target)} · ${
    conflict.resolution === undefined ? conflict.kinds.map(kindText).join(', ') : resolutionText(conflict.resolution)
  }`;
  item.iconPath = isOpen ? themeIcon('warning', 'charts.yellow') : themeIcon('pass', 'charts.green');
  item.contextValue = isOpen ? 'conflict open' : 'conflict resolved';
  item.accessibilityInformation = { label: `${vscode.l10n.t('conflict')}, ${label}, ${item.description}` };
  item.command = { command: 'tract.resolveConflict', title: vscode.l10n.t('Resolve Conflict'), arguments: [node] };
  return item;
}

/** Below a merge commit: which message it settled, and how. A click opens the message. */
export function resolutionItem(node: ResolutionNode, store: Store | null): vscode.TreeItem {
  const commit = store?.storage.commit(node.commitHash);
  const label = commit ? commitLabel(commit) : shortHash(node.commitHash);
  const item = new vscode.TreeItem(label);
  item.description = `${resolutionText(node.resolution)} · ${shortHash(node.commitHash)}`;
  item.iconPath = themeIcon('pass');
  item.contextValue = 'resolution';
  item.accessibilityInformation = { label: `${vscode.l10n.t('resolution')}, ${label}, ${item.description}` };
  item.command = { command: 'tract.openCommit', title: vscode.l10n.t('Open Commit'), arguments: [node] };
  return item;
}

function resolutionText(resolution: ResolutionNode['resolution']): string {
  if (resolution === 'ours') return vscode.l10n.t('ours kept');
  if (resolution === 'theirs') return vscode.l10n.t('theirs taken');
  return vscode.l10n.t('resolved with a text: {0}', resolution.text.replace(/\s+/g, ' ').slice(0, 80));
}
