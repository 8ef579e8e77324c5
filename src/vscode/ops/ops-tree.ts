import * as vscode from 'vscode';
import { themeIcon } from '../commit-look.js';
import type { WindowStore } from '../store/window-store.js';
import { opEntries, type OpEntry } from './op-entries.js';
import { opItem, opTooltip } from './op-item.js';
import type { WindowOps } from './window-ops.js';

const PAGE = 100;

export type OpNode = OpEntry | { readonly kind: 'moreOps' };

/** *Operations* of the active tract, newest first (SPEC §13). */
export class OpsTree implements vscode.TreeDataProvider<OpNode> {
  readonly #store: WindowStore;
  readonly #ops: WindowOps;
  readonly #openedAt = new Date().toISOString();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #orphans = new vscode.EventEmitter<number>();
  /** How many ops never completed, when rows were made: an old one stands far down in a list that begins with the newest. */
  readonly onDidCountOrphans = this.#orphans.event;
  #limit = PAGE;

  constructor(store: WindowStore, ops: WindowOps) {
    this.#store = store;
    this.#ops = ops;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  loadMore(): void {
    this.#limit += PAGE;
    this.refresh();
  }

  async getChildren(node?: OpNode): Promise<OpNode[]> {
    if (node !== undefined) return [];
    const store = await this.#store.openIfReadable();
    if (store === null) return [];
    const tractId = this.#store.activeId;
    if (tractId === null) return [];
    const page = { limit: this.#limit + 1, openedAt: this.#openedAt };
    const entries = await opEntries(store, tractId, this.#ops.ops, page);
    this.#orphans.fire(entries.filter(({ state }) => state === 'orphan').length);
    return entries.length > this.#limit ? [...entries.slice(0, this.#limit), { kind: 'moreOps' }] : entries;
  }

  getTreeItem(node: OpNode): vscode.TreeItem {
    if (node.kind === 'op') return opItem(node, Date.now());
    const item = new vscode.TreeItem(vscode.l10n.t('Load more'));
    item.iconPath = themeIcon('ellipsis');
    item.command = { command: 'tract.loadMoreOps', title: vscode.l10n.t('Load more') };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: OpNode): vscode.TreeItem {
    if (node.kind === 'op') item.tooltip = opTooltip(node);
    return item;
  }
}
