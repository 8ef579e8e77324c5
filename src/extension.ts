import * as vscode from 'vscode';

/** Builds what the extension needs and registers it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tract', { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('tract.showLog', () => {
      log.show();
    }),
  );
}
