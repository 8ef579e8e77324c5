import * as vscode from 'vscode';
import { HEADS, IMPORTS, TAGS } from '../../core/model/refs.js';
import { readHead } from '../../core/operations/head.js';
import { compactCount, shortHash } from '../../shared/format.js';
import { commitLabel, themeIcon } from '../commit-look.js';
import { behindSession } from '../sessions/behind-session.js';
import type { WindowStore } from '../store/window-store.js';
import { nodeId, type GroupNode, type Node, type RefNode } from './nodes.js';

const HEADINGS = { branches: HEADS, tags: TAGS, sessions: IMPORTS } as const;
const KINDS = { branches: 'branch', tags: 'tag', sessions: 'session' } as const;

/** *Branches & Tags* of the active tract, with the imported session's own lines (SPEC §15, Annex B.9). */
export class RefsTree implements vscode.TreeDataProvider<Node> {
  readonly #store: WindowStore;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #facts: ReadonlyMap<string, string> = new Map();

  constructor(store: WindowStore) {
    this.#store = store;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const storage = (await this.#store.openIfReadable())?.storage;
    if (storage === undefined) return [];
    const tractId = this.#store.activeId;
    if (tractId === null) return [];
    if (node === undefined) {
      return (['branches', 'tags', 'sessions'] as const)
        .filter((group) => storage.refs(tractId, HEADINGS[group]).size > 0)
        .map((group): GroupNode => ({ kind: 'group', tractId, group }));
    }
    if (node.kind !== 'group' || node.group === 'spawned') return [];
    const { group } = node;
    if (group === 'branches') await this.#readFacts();
    const current = readHead(storage, tractId).branch;
    return [...storage.refs(tractId, HEADINGS[group])].map(([ref, hash]): RefNode => {
      const name = ref.slice(HEADINGS[group].length);
      return { kind: KINDS[group], tractId, name, commitHash: hash, current: group === 'branches' && name === current };
    });
  }

  /** Ahead, behind and tokens of each branch. */
  async #readFacts(): Promise<void> {
    const id = this.#store.activeId;
    const branches = (await (await this.#store.active())?.branches()) ?? [];
    this.#facts = new Map(
      branches.map(({ name, ahead, behind, tokens, current }) => {
        const store = this.#store.opened;
        const behindBy = store && id !== null ? behindSession(store, id, name) : null;
        const distance = current || (ahead === 0 && behind === 0) ? [] : [`↑${ahead} ↓${behind}`];
        const session = behindBy ? [vscode.l10n.t('{0} behind session', behindBy.commits)] : [];
        return [name, [...distance, ...session, `~${compactCount(tokens)} tok`].join(' · ')];
      }),
    );
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = node.kind === 'group' ? groupItem(node) : this.#refItem(node);
    item.id = nodeId(node);
    return item;
  }

  #refItem(node: Node): vscode.TreeItem {
    if (node.kind !== 'branch' && node.kind !== 'tag' && node.kind !== 'session') return new vscode.TreeItem('');
    const item = new vscode.TreeItem(node.name);
    const commit = this.#store.opened?.storage.commit(node.commitHash);
    const facts = node.kind === 'branch' ? this.#facts.get(node.name) : commit && commitLabel(commit);
    const parts = [shortHash(node.commitHash), ...(facts === undefined ? [] : [facts])];
    item.description = parts.join(' · ');
    item.iconPath = themeIcon(ICONS[node.kind], node.current ? 'charts.green' : undefined);
    item.contextValue = node.current ? `${node.kind} current` : node.kind;
    item.accessibilityInformation = { label: `${node.kind} ${node.name}, ${parts.join(', ')}` };
    if (node.kind !== 'branch')
      item.command = { command: 'tract.openCommit', title: vscode.l10n.t('Open Commit'), arguments: [node] };
    return item;
  }
}

const ICONS = { branch: 'git-branch', tag: 'tag', session: 'cloud' } as const;

function groupItem({ group }: GroupNode): vscode.TreeItem {
  const label = {
    branches: vscode.l10n.t('Branches'),
    tags: vscode.l10n.t('Tags'),
    sessions: vscode.l10n.t('Sessions'),
    spawned: '',
  };
  const item = new vscode.TreeItem(label[group], vscode.TreeItemCollapsibleState.Expanded);
  item.contextValue = `group-${group}`;
  return item;
}
