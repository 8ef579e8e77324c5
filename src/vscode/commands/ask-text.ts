import * as vscode from 'vscode';

/** A text that the person writes in an editor and then approves. */
export interface TextQuestion {
  /** What to do, and its consequence in numbers. */
  readonly message: string;
  readonly initial: string;
  readonly approve: string;
}

/** Opens an editor with a text to write; undefined when the person let it be. */
export async function askText({ message, initial, approve }: TextQuestion): Promise<string | undefined> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: initial });
  await vscode.window.showTextDocument(document, { preview: false });
  const chosen = await vscode.window.showInformationMessage(message, approve, vscode.l10n.t('Cancel'));
  const text = document.getText();
  await closeWithoutAsking(document);
  return chosen === approve ? text : undefined;
}

/** The draft has served; VS Code would ask whether to save it. */
async function closeWithoutAsking(document: vscode.TextDocument): Promise<void> {
  if (document.isClosed) return;
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
