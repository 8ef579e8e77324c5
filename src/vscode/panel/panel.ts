import * as vscode from 'vscode';
import type { Tab } from '../../shared/protocol.js';
import type { Contribution, TractWindow } from '../window.js';
import type { RecordNode } from '../views/nodes.js';
import { panelHtml } from './html.js';
import { PanelHost } from './panel-host.js';

const VIEW_TYPE = 'tract.panel';

/** The context panel (SPEC §15): one a window, beside the editor, back after a reload. */
export const panel: Contribution = { name: 'panel', register };

function register(window: TractWindow): vscode.Disposable {
  const assets = vscode.Uri.joinPath(window.context.extensionUri, 'dist', 'webview');
  const icon = (name: string) => vscode.Uri.joinPath(window.context.extensionUri, 'media', name);
  const options = { enableScripts: true, localResourceRoots: [assets] };
  let current: { readonly panel: vscode.WebviewPanel; readonly host: PanelHost } | null = null;

  const adopt = (webviewPanel: vscode.WebviewPanel): PanelHost => {
    webviewPanel.webview.options = options;
    webviewPanel.iconPath = { light: icon('tract.svg'), dark: icon('tract-dark.svg') };
    const host = new PanelHost(window, webviewPanel.webview);
    webviewPanel.onDidChangeViewState(() => {
      host.visible = webviewPanel.visible;
    });
    webviewPanel.onDidDispose(() => {
      host.dispose();
      current = null;
    });
    webviewPanel.webview.html = panelHtml(webviewPanel.webview, assets);
    current = { panel: webviewPanel, host };
    return host;
  };

  const open = (tab?: Tab, hash: string | null = null) => {
    if (current) current.panel.reveal();
    else
      adopt(
        vscode.window.createWebviewPanel(VIEW_TYPE, vscode.l10n.t('Tract: Context'), vscode.ViewColumn.Active, {
          ...options,
          retainContextWhenHidden: true,
        }),
      );
    if (tab) current?.host.reveal(tab, hash);
  };

  return vscode.Disposable.from(
    new vscode.Disposable(() => {
      current?.panel.dispose();
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (restored) => {
        adopt(restored);
        return Promise.resolve();
      },
    }),
    vscode.commands.registerCommand('tract.openPanel', () => {
      open();
    }),
    vscode.commands.registerCommand('tract.showBudget', () => {
      open('budget');
    }),
    vscode.commands.registerCommand('tract.showRecords', () => {
      open('records');
    }),
    vscode.commands.registerCommand('tract.showGraph', () => {
      open('graph');
    }),
    vscode.commands.registerCommand('tract.showPlan', () => {
      open('plan');
    }),
    vscode.commands.registerCommand('tract.showEfficiency', () => {
      open('efficiency');
    }),
    vscode.commands.registerCommand('tract.openRecord', (argument: unknown) => {
      open('records');
      if (isRecordNode(argument)) current?.host.showRecord(argument.tractId, argument.record.id);
    }),
  );
}

function isRecordNode(value: unknown): value is RecordNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'record';
}
