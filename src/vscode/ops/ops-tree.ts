import * as vscode from 'vscode';
import { themeIcon } from '../commit-look.js';
import type { WindowStore } from '../store/window-store.js';
import { opEntries, type OpEntry } from './op-entries.js';
import { opItem, opText, opTooltip } from './op-item.js';
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
  /** Rows read before VS Code was told of a change; null: it reads them itself. */
  #ready: readonly OpNode[] | null = null;
  /** What VS Code shows, so that it is told of changes only. */
  #shown = '';
  #round = 0;

  constructor(store: WindowStore, ops: WindowOps) {
    this.#store = store;
    this.#ops = ops;
  }

  /**
   * Reads the rows first and tells VS Code of a change only then, and only if there is one: from there until it has asked for the
   * rows it knows none, and a menu's command would come without one. Nothing is read for a view that is out of sight. Never rejects.
   */
  async refresh(isVisible: boolean): Promise<void> {
    const round = ++this.#round;
    this.#ready = null;
    if (isVisible) {
      // What cannot be read says so when VS Code asks for it.
      const rows = await this.#read().catch(() => null);
      if (round !== this.#round) return;
      const shown = rows && drawn(rows);
      if (shown === this.#shown) return;
      this.#shown = shown ?? '';
      this.#ready = rows;
    }
    this.#changed.fire(undefined);
  }

  async loadMore(): Promise<void> {
    this.#limit += PAGE;
    await this.refresh(true);
  }

  async getChildren(node?: OpNode): Promise<OpNode[]> {
    if (node !== undefined) return [];
    if (this.#ready !== null) return [...this.#ready];
    const rows = await this.#read();
    this.#shown = drawn(rows);
    return rows;
  }

  /** The operations of the rows as they are now. */
  async entries(): Promise<OpEntry[]> {
    return (await this.#read()).filter((node) => node.kind === 'op');
  }

  async #read(): Promise<OpNode[]> {
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

/** All of the rows that a person can see, ages included. */
function drawn(rows: readonly OpNode[]): string {
  const now = Date.now();
  return JSON.stringify(rows.map((row) => [row, row.kind === 'op' ? opText(row, now) : null]));
}
