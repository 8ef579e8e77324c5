import { existsSync } from 'node:fs';
import * as vscode from 'vscode';

/** The store that the person chose for this workspace with *Open Store…*. */
const CHOSEN = 'tract.store';

/** Folder of the store chosen for this workspace, whether or not it is still there; null: the workspace's own. */
export function chosenStore({ workspaceState }: vscode.ExtensionContext): string | null {
  return workspaceState.get<string>(CHOSEN) ?? null;
}

/** Holds from the next start of the window. Null: the workspace's own store again. */
export async function chooseStore(
  { workspaceState }: vscode.ExtensionContext,
  directory: string | null,
): Promise<void> {
  await workspaceState.update(CHOSEN, directory ?? undefined);
}

/**
 * Where this window's store lies: where the person chose, else in the workspace's storage; without a folder in the extension's (Annex
 * B.13).
 */
export function storeUri(context: vscode.ExtensionContext): vscode.Uri {
  const chosen = chosenStore(context);
  if (chosen !== null && existsSync(chosen)) return vscode.Uri.file(chosen);
  const { storageUri, globalStorageUri } = context;
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
