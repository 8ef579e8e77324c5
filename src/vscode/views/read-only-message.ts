import * as vscode from 'vscode';

/** Says above a view's rows why nothing can be changed here (SPEC §16); takes the message away with the reason. */
export function showReadOnly(view: vscode.TreeView<unknown>, reason: string | null): void {
  if (reason === null) delete view.message;
  else view.message = vscode.l10n.t('Read-only. {0}', reason);
}
