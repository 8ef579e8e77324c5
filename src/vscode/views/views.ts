import * as vscode from 'vscode';
import type { Contribution, TractWindow } from '../window.js';
import { showReadOnly } from './read-only-message.js';
import { HistoryTree } from './history-tree.js';
import type { Node } from './nodes.js';
import { RecordsTree } from './records-tree.js';
import { RefsTree } from './refs-tree.js';

/** The three views of the activity bar container. Their ids are those of `package.json`. */
export const views: Contribution = { name: 'views', register };

function register(window: TractWindow): vscode.Disposable {
  const { store, errors, merging, following } = window;
  const history = new HistoryTree(store, merging, following);
  const refs = new RefsTree(store);
  const records = new RecordsTree(store);
  const view = (id: string, treeDataProvider: vscode.TreeDataProvider<Node>) =>
    vscode.window.createTreeView(id, {
      treeDataProvider,
      showCollapseAll: id === 'tract.history',
      canSelectMany: false,
    });
  const historyView = view('tract.history', history);
  const refsView = view('tract.refs', refs);
  const recordsView = view('tract.records', records);
  let ages: NodeJS.Timeout | undefined;
  const refresh = () => {
    for (const shown of [historyView, refsView, recordsView]) showReadOnly(shown, store.readOnlyReason);
    for (const tree of [history, refs, records]) tree.refresh();
  };
  return vscode.Disposable.from(
    historyView,
    refsView,
    recordsView,
    store.onDidChange(refresh),
    merging.onDidChange(() => {
      history.refresh();
    }),
    following.onDidChange(() => {
      history.refresh();
    }),
    // Ages in rows are drawn anew when a view comes back into sight.
    historyView.onDidChangeVisibility(({ visible }) => {
      clearInterval(ages);
      ages = visible
        ? setInterval(() => {
            history.refresh();
          }, 60_000)
        : undefined;
    }),
    new vscode.Disposable(() => {
      clearInterval(ages);
    }),
    vscode.commands.registerCommand('tract.loadMore', (node: Node) => {
      if (node.kind === 'more') history.loadMore(node.line);
      if (node.kind === 'moreRecords') records.loadMore();
    }),
    vscode.commands.registerCommand('tract.selectedNode', () => historyView.selection[0] ?? null),
    vscode.commands.registerCommand('tract.refresh', () => {
      store.open().then(refresh, (error: unknown) => {
        errors.report(error);
      });
    }),
  );
}
