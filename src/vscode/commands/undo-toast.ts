import * as vscode from 'vscode';
import { lastUndoable } from '../../core/operations/undo.js';
import type { TractWindow } from '../window.js';

/**
 * One toast after something that changed what is seen, with the way back (SPEC §15). Does not wait for an answer. Its button undoes
 * what the toast is about and nothing else: once more was done, it says so.
 */
export function offerUndo(window: TractWindow, tractId: string, message: string): void {
  const storage = window.store.opened?.storage;
  const entry = storage && lastUndoable(storage, tractId)?.seq;
  const undo = vscode.l10n.t('Undo');
  void vscode.window.showInformationMessage(message, undo).then(async (chosen) => {
    if (chosen !== undo) return;
    const now = window.store.opened?.storage;
    if (now && lastUndoable(now, tractId)?.seq === entry) {
      await vscode.commands.executeCommand('tract.undo', { tractId });
      return;
    }
    void vscode.window.showInformationMessage(
      vscode.l10n.t('More was done since. Tract: Undo goes back step by step, the latest first.'),
    );
  });
}
