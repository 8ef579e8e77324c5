import * as vscode from 'vscode';
import { readHead } from '../../core/operations/head.js';
import { HEADS } from '../../core/model/refs.js';
import type { Store } from '../../core/store.js';
import { counted, themeIcon } from '../commit-look.js';
import { resolutionsOf } from '../documents/document-text.js';
import type { MergeInProgress } from '../merge/merge-in-progress.js';
import { behindSession } from '../sessions/behind-session.js';
import type { SessionFollow } from '../sessions/session-follow.js';
import type { WindowStore } from '../store/window-store.js';
import { commitItem, commitTooltip } from './commit-item.js';
import { conflictItem, mergeItem, resolutionItem } from './merge-items.js';
import {
  nodeId,
  type CommitNode,
  type ConflictNode,
  type GroupNode,
  type LineNode,
  type MergeNode,
  type Node,
  type TractNode,
} from './nodes.js';
import { recordItem, recordTooltip } from './record-item.js';

/** Commits a line shows at first, and more at each *Load more*. */
const PAGE = 100;

/** *History* (SPEC §15): tracts → lines → commits → their edits, annotations, children, records. */
export class HistoryTree implements vscode.TreeDataProvider<Node> {
  readonly #store: WindowStore;
  readonly #merging: MergeInProgress;
  readonly #following: SessionFollow;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** Rows asked for, by line. */
  readonly #limits = new Map<string, number>();
  #tracts: readonly TractNode[] = [];
  readonly #parents = new Map<string, Node>();

  constructor(store: WindowStore, merging: MergeInProgress, following: SessionFollow) {
    this.#store = store;
    this.#following = following;
    this.#merging = merging;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Shows the next page of a line. */
  loadMore(line: LineNode): void {
    this.#limits.set(nodeId(line), (this.#limits.get(nodeId(line)) ?? PAGE) + PAGE);
    this.refresh();
  }

  /** Where HEAD of the active tract is, for *Reveal HEAD*; the rows above it must have been shown once. */
  getParent(node: Node): Node | undefined {
    return this.#parents.get(nodeId(node));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const store = await this.#store.openIfReadable();
    if (store === null) return [];
    const children = await this.#children(store, node);
    if (node) for (const child of children) this.#parents.set(nodeId(child), node);
    return children;
  }

  async #children(store: Store, node: Node | undefined): Promise<Node[]> {
    if (node === undefined) {
      this.#tracts = this.#tractNodes(store).filter(
        ({ tract }) => tract.spawn === null || !store.storage.tract(tract.spawn.tractId),
      );
      return [...this.#tracts];
    }
    switch (node.kind) {
      case 'tract':
        return [...this.#merge(node), ...this.#lines(store, node), ...this.#spawned(store, node.tractId)];
      case 'line':
        return this.#commits(store, node);
      case 'commit':
        return [...(await resolutionNodes(store, node)), ...this.#below(store, node)];
      case 'merge':
        return node.merge.conflicts.map((conflict): ConflictNode => ({
          kind: 'conflict',
          tractId: node.tractId,
          target: conflict.target,
          conflict,
        }));
      case 'group':
        return this.#tractNodes(store).filter(({ tract }) => tract.spawn?.tractId === node.tractId);
      default:
        return [];
    }
  }

  #tractNodes(store: Store): TractNode[] {
    const active = this.#store.activeId;
    const nodes = store
      .tracts()
      .map((tract): TractNode => ({ kind: 'tract', tractId: tract.tractId, tract, active: tract.tractId === active }));
    // The active one first, then the newest.
    return nodes.reverse().sort((a, b) => Number(b.active) - Number(a.active));
  }

  #lines(store: Store, { tractId }: TractNode): LineNode[] {
    const head = readHead(store.storage, tractId);
    const lines: LineNode[] = [];
    if (head.detached && head.hash !== null)
      lines.push({ kind: 'line', tractId, branch: null, head: head.hash, current: true });
    for (const [ref, hash] of store.storage.refs(tractId, HEADS)) {
      const branch = ref.slice(HEADS.length);
      lines.push({ kind: 'line', tractId, branch, head: hash, current: branch === head.branch });
    }
    return lines.sort((a, b) => Number(b.current) - Number(a.current));
  }

  #merge({ tractId }: TractNode): MergeNode[] {
    const { current } = this.#merging;
    return current?.tractId === tractId ? [{ kind: 'merge', tractId, merge: current }] : [];
  }

  #spawned(store: Store, tractId: string): GroupNode[] {
    return store.tracts().some(({ spawn }) => spawn?.tractId === tractId)
      ? [{ kind: 'group', tractId, group: 'spawned' }]
      : [];
  }

  async #commits(store: Store, line: LineNode): Promise<Node[]> {
    const limit = this.#limits.get(nodeId(line)) ?? PAGE;
    const tract = await this.#store.tract(line.tractId);
    const entries = await tract.log({ from: line.head, limit });
    const nodes: Node[] = entries.flatMap((entry): CommitNode[] => {
      const commit = store.storage.commit(entry.commitHash);
      if (!commit) return [];
      const isHead = line.current && entry.commitHash === line.head;
      const place = line.branch ?? 'HEAD';
      return [{ kind: 'commit', tractId: line.tractId, commitHash: entry.commitHash, commit, entry, isHead, place }];
    });
    if (entries.nextCursor !== undefined) nodes.push({ kind: 'more', tractId: line.tractId, line });
    return nodes;
  }

  /** What belongs to a commit: what targets it, tracts spawned from it, records compiled at it. */
  #below(store: Store, { commitHash, tractId, place }: CommitNode): Node[] {
    const { storage } = store;
    const below = `${place}/${commitHash}`;
    const targeting = storage.commitsTargeting(commitHash).flatMap((hash): CommitNode[] => {
      const commit = storage.commit(hash);
      return commit
        ? [{ kind: 'commit', tractId, commitHash: hash, commit, entry: null, isHead: false, place: below }]
        : [];
    });
    const spawned = this.#tractNodes(store).filter(
      ({ tract: { spawn } }) => spawn?.tractId === tractId && spawn.commitHash === commitHash,
    );
    const records = storage
      .recordsOf(commitHash)
      .filter((record) => record.tractId === tractId)
      .map((record): Node => ({ kind: 'record', tractId, record, place: below }));
    return [...targeting, ...spawned, ...records];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = this.#item(node);
    item.id = nodeId(node);
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'commit') item.tooltip = commitTooltip(node);
    if (node.kind === 'record') item.tooltip = recordTooltip(node);
    return item;
  }

  #item(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'tract':
        return tractItem(node, this.#following.follows(node.tractId));
      case 'line':
        return this.#lineItem(node);
      case 'commit':
        return commitItem(node, this.#isExpandable(node), Date.now());
      case 'record':
        return recordItem(node, Date.now());
      case 'merge':
        return mergeItem(node);
      case 'conflict':
        return conflictItem(node);
      case 'resolution':
        return resolutionItem(node, this.#store.opened);
      case 'group': {
        const item = new vscode.TreeItem(
          vscode.l10n.t('Sub-agents and sub-sessions'),
          vscode.TreeItemCollapsibleState.Collapsed,
        );
        item.iconPath = themeIcon('type-hierarchy-sub');
        return item;
      }
      default: {
        const item = new vscode.TreeItem(vscode.l10n.t('Load more'));
        item.iconPath = themeIcon('ellipsis');
        item.command = { command: 'tract.loadMore', title: vscode.l10n.t('Load more'), arguments: [node] };
        return item;
      }
    }
  }

  #isExpandable(node: CommitNode): boolean {
    const store = this.#store.opened;
    if (store === null) return false;
    return (node.commit.operation === 'merge' && node.commit.targets.length > 0) || this.#below(store, node).length > 0;
  }

  #lineItem({ tractId, branch, current, head }: LineNode): vscode.TreeItem {
    const item = new vscode.TreeItem(
      branch ?? vscode.l10n.t('HEAD (detached)'),
      current ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
    );
    const tip = this.#store.opened?.storage.commit(head);
    const count = tip ? counted(tip.depth + 1, 'commit', 'commits') : '';
    const store = this.#store.opened;
    const behind = store && branch !== null ? behindSession(store, tractId, branch) : null;
    item.description = [
      count,
      ...(current ? [vscode.l10n.t('checked out')] : []),
      ...(behind ? [vscode.l10n.t('{0} behind session', behind.commits)] : []),
    ].join(' · ');
    item.iconPath = current
      ? themeIcon(branch === null ? 'debug-disconnect' : 'git-branch', 'charts.green')
      : themeIcon('git-branch');
    item.contextValue =
      branch === null ? 'detached' : current ? (behind ? 'branch current behind' : 'branch current') : 'branch';
    item.accessibilityInformation = { label: `${branch ?? 'detached HEAD'}, ${item.description}` };
    return item;
  }
}

/** What a merge settled about the messages that both sides had changed. */
async function resolutionNodes(store: Store, { commit, tractId, place }: CommitNode): Promise<Node[]> {
  const below = `${place}/${commit.commitHash}`;
  return Object.entries(await resolutionsOf(store, commit)).map(([commitHash, resolution]): Node => ({
    kind: 'resolution',
    tractId,
    commitHash,
    resolution,
    place: below,
  }));
}

function tractItem({ tract, active }: TractNode, followed: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(
    tract.name,
    active ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  const format = tract.source?.['format'];
  const parts = [
    ...(active ? [vscode.l10n.t('active')] : []),
    ...(followed ? [vscode.l10n.t('following')] : []),
    ...(typeof format === 'string' ? [format] : []),
  ];
  item.description = parts.join(' · ');
  item.iconPath = themeIcon(
    followed ? 'broadcast' : tract.spawn === null ? 'comment-discussion' : 'type-hierarchy-sub',
    active ? 'charts.blue' : undefined,
  );
  item.contextValue = [
    'tract',
    ...(active ? ['active'] : []),
    ...(tract.spawn === null ? [] : ['spawned']),
    ...(followed ? ['followed'] : []),
  ].join(' ');
  item.tooltip = new vscode.MarkdownString().appendText(`${tract.name}\n${tract.tractId}\n${tract.createdAt}`);
  item.accessibilityInformation = { label: `tract ${tract.name}, ${parts.join(', ')}` };
  return item;
}
