import * as vscode from 'vscode';

/**
 * The language of texts that a person writes for the history. Saving them means something, so the manifest turns auto save off for it
 * (in a browser it is on by default).
 */
export const MESSAGE_LANGUAGE = 'tract-message';

/** Opens a text of ours that is to be written and saved, without showing it. */
export async function openMessage(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  return document.languageId === MESSAGE_LANGUAGE
    ? document
    : vscode.languages.setTextDocumentLanguage(document, MESSAGE_LANGUAGE);
}
