import * as vscode from 'vscode';

/** Says above a view's rows why nothing can be changed here (SPEC §16); takes the message away with the reason. */
export function showReadOnly(view: vscode.TreeView<unknown>, reason: string | null): void {
  // An accessor behind an optional property: it takes no undefined, and deleting it does nothing.
  view.message = reason === null ? '' : vscode.l10n.t('Read-only. {0}', reason);
}
