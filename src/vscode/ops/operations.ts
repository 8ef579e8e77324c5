import * as vscode from 'vscode';
import { counted } from '../commit-look.js';
import { registerCommands } from '../commands/command.js';
import { showReadOnly } from '../views/read-only-message.js';
import type { Contribution, TractWindow } from '../window.js';
import { askAboutSetting } from './consent.js';
import { opCommands } from './op-commands.js';
import { OpsTree } from './ops-tree.js';
import { WindowOps } from './window-ops.js';

/** Operations that last (SPEC §13): their files and commits, the view *Operations*, and its commands. */
export const operations: Contribution = { name: 'operations', register };

function register(window: TractWindow): vscode.Disposable {
  const { store, errors } = window;
  const ops = new WindowOps(window);
  const tree = new OpsTree(store, ops);
  const view = vscode.window.createTreeView('tract.operations', { treeDataProvider: tree });
  const refresh = () => {
    showReadOnly(view, store.readOnlyReason);
    void tree.refresh(view.visible);
  };
  const ask = () => {
    askAboutSetting(window).catch((error: unknown) => {
      errors.report(error);
    });
  };
  ask();
  return vscode.Disposable.from(
    ops,
    view,
    store.onDidChange(refresh),
    ops.onDidChange(refresh),
    tree.onDidCountOrphans((count) => {
      showOrphans(view, count);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(ask),
    registerCommands(window, {
      ...opCommands(window, ops, tree, refresh),
      loadMoreOps: () => tree.loadMore(),
      /** The rows as the view shows them, for programs and tests. */
      operationRows: () => tree.entries(),
    }),
  );
}

/** A badge and words in the title: seen whatever the list is scrolled to. */
function showOrphans(view: vscode.TreeView<unknown>, count: number): void {
  view.badge =
    count === 0
      ? { value: 0, tooltip: '' }
      : {
          value: count,
          tooltip: vscode.l10n.t('{0} never completed', counted(count, 'operation', 'operations')),
        };
  view.description = count === 0 ? '' : vscode.l10n.t('{0} never completed', count);
}
