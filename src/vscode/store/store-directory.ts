import { join } from 'node:path';
import type * as vscode from 'vscode';

/** Where this window's store lies: in the workspace's storage; without a folder in the extension's (Annex B.13). */
export function storeDirectory(context: vscode.ExtensionContext): string {
  return join((context.storageUri ?? context.globalStorageUri).fsPath, 'store');
}
