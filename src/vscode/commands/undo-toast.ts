import * as vscode from 'vscode';

/** One toast after something that took commits out of sight, with the way back (SPEC §15). Does not wait for an answer. */
export function offerUndo(message: string): void {
  const undo = vscode.l10n.t('Undo');
  void vscode.window.showInformationMessage(message, undo).then((chosen) => {
    if (chosen === undo) void vscode.commands.executeCommand('tract.undo');
  });
}
