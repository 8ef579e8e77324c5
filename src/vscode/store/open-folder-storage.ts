import type * as vscode from 'vscode';
import { nodeHasher } from '../../node/hasher.js';
import type { DurableStorage } from '../../storage/durable.js';
import { loadSqlJs } from '../../storage/sqljs/load.js';
import { openWorkspaceStorage } from '../../storage/workspace/open.js';
import type { LockManager } from '../../storage/workspace/workspace-lock.js';
import { WorkspaceFolder } from './workspace-folder.js';

/** Opens the store in a folder that only `vscode.workspace.fs` reaches. `wasm`: bytes of `sql-wasm.wasm`. */
export async function openFolderStorage(folder: vscode.Uri, wasm: Uint8Array): Promise<DurableStorage> {
  const manager = lockManager();
  return openWorkspaceStorage({
    files: new WorkspaceFolder(folder),
    sql: await loadSqlJs(wasm),
    sha256: (text) => nodeHasher.sha256(text),
    nonce: Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    application: 'VS Code',
    ...(manager === undefined ? {} : { locks: { manager, name: `tract ${folder.toString()}` } }),
  });
}

/** `navigator.locks` where this host has it. */
function lockManager(): LockManager | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: LockManager } };
  return navigator?.locks;
}
