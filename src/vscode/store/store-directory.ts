import { existsSync } from 'node:fs';
import * as vscode from 'vscode';

/** Where this window's store lies: in the workspace's storage; without a folder in the extension's (Annex B.13). */
export function storeUri({ storageUri, globalStorageUri }: vscode.ExtensionContext): vscode.Uri {
  const storage = storageUri === undefined ? globalStorageUri : sharedStorage(storageUri);
  return vscode.Uri.joinPath(storage, 'store');
}

/**
 * A second window on the same workspace is given a storage folder of its own by some hosts, named `<workspace>-1`, while the first
 * one holds `vscode.lock`. Both mean the same store (SPEC §16): it has a lock of its own, and lies where the first window looks.
 */
function sharedStorage(storageUri: vscode.Uri): vscode.Uri {
  const [, workspaces, workspace, extension] = /^(.*\/)([^/]+)-[1-9]\/([^/]+)$/.exec(storageUri.path) ?? [];
  if (storageUri.scheme !== 'file' || workspaces === undefined || workspace === undefined) return storageUri;
  const first = storageUri.with({ path: `${workspaces}${workspace}` });
  if (!existsSync(vscode.Uri.joinPath(first, 'vscode.lock').fsPath)) return storageUri;
  return vscode.Uri.joinPath(first, extension ?? '');
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
