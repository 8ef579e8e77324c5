import * as vscode from 'vscode';

/** Where this window's store lies: in the workspace's storage; without a folder in the extension's (Annex B.13). */
export function storeUri(context: vscode.ExtensionContext): vscode.Uri {
  return vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'store');
}

/** The folder of the store; null on hosts that only have `vscode.workspace.fs` (Annex B.14). */
export function storeDirectory(context: vscode.ExtensionContext): string | null {
  const uri = storeUri(context);
  return uri.scheme === 'file' ? uri.fsPath : null;
}

/** The same for a person. */
export function storePlace(context: vscode.ExtensionContext): string {
  return storeDirectory(context) ?? storeUri(context).toString();
}
