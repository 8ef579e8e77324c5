import * as vscode from 'vscode';
import { themeIcon } from '../commit-look.js';
import type { WindowStore } from '../store/window-store.js';
import { nodeId, type Node } from './nodes.js';
import { recordItem, recordTooltip } from './record-item.js';

const PAGE = 100;

/** *Compile Records* of the active tract, newest first (SPEC §15). */
export class RecordsTree implements vscode.TreeDataProvider<Node> {
  readonly #store: WindowStore;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #limit = PAGE;

  constructor(store: WindowStore) {
    this.#store = store;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  loadMore(): void {
    this.#limit += PAGE;
    this.refresh();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node !== undefined) return [];
    const storage = (await this.#store.openIfReadable())?.storage;
    if (storage === undefined) return [];
    const tractId = this.#store.activeId;
    if (tractId === null) return [];
    const records = storage.records(tractId, { limit: this.#limit + 1 });
    const nodes = records
      .slice(0, this.#limit)
      .map((record): Node => ({ kind: 'record', tractId, record, place: 'records' }));
    return records.length > this.#limit ? [...nodes, { kind: 'moreRecords', tractId }] : nodes;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = node.kind === 'record' ? recordItem(node, Date.now()) : loadMoreItem(node);
    item.id = nodeId(node);
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'record') item.tooltip = recordTooltip(node);
    return item;
  }
}

function loadMoreItem(node: Node): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more'));
  item.iconPath = themeIcon('ellipsis');
  item.command = { command: 'tract.loadMore', title: vscode.l10n.t('Load more'), arguments: [node] };
  return item;
}
