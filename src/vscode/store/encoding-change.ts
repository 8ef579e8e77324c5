import * as vscode from 'vscode';
import { readSettings } from '../settings.js';
import type { WindowStore } from './window-store.js';

/**
 * Another encoding reaches tree, panel and status bar at once (SPEC §6): the store is opened again with its tokenizer, and what was
 * committed under another one is counted anew as it compiles. A store that nobody has asked for yet takes it when it opens.
 */
export function followEncoding(store: WindowStore, failed: (error: unknown) => void): vscode.Disposable {
  let { encoding } = readSettings();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (!change.affectsConfiguration('tract')) return;
    const chosen = readSettings().encoding;
    if (chosen === encoding) return;
    encoding = chosen;
    if (store.opened) store.whileClosed(() => Promise.resolve()).catch(failed);
  });
}
