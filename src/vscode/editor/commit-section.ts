import * as vscode from 'vscode';
import type { DocumentBlock } from '../../tokens/documents/block.js';
import { WindowError } from '../errors.js';
import type { CountedDocuments } from './counted-documents.js';

const KINDS: Readonly<Record<string, string>> = {
  user: 'user',
  assistant: 'assistant',
  system: 'instruction',
  developer: 'instruction',
};

/**
 * Commits the section or message at a place, by default at the cursor, with its sub-sections: selects it, so that the person sees what
 * it is, and hands it to `Tract: Commit Selection…`.
 */
export async function commitSection(documents: CountedDocuments, argument: unknown): Promise<unknown> {
  const place = placeOf(argument);
  const editor = place
    ? await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(place.uri))
    : vscode.window.activeTextEditor;
  if (!editor) throw new WindowError(vscode.l10n.t('Open a file and put the cursor into the section to commit.'));
  const { document } = editor;
  const at = place?.start ?? document.offsetAt(editor.selection.active);
  const block = innermost(documents.of(document).blocks({ start: at, end: at }), at);
  if (!block)
    throw new WindowError(vscode.l10n.t('There is no section or message here. Select the text to commit instead.'));
  editor.selection = new vscode.Selection(document.positionAt(block.start), document.positionAt(block.end));
  const message = block.kind === 'message' ? block.message : null;
  const options = message && { text: message.content ?? '', kind: KINDS[message.role] };
  return vscode.commands.executeCommand('tract.commitSelection', ...(options === null ? [] : [options]));
}

function innermost(blocks: readonly DocumentBlock[], at: number): DocumentBlock | undefined {
  return blocks.findLast(
    (block) => (block.kind === 'section' || block.kind === 'message') && block.start <= at && at <= block.end,
  );
}

function placeOf(argument: unknown): { readonly uri: vscode.Uri; readonly start: number } | null {
  if (typeof argument !== 'object' || argument === null) return null;
  const { uri, start } = argument as { readonly uri?: unknown; readonly start?: unknown };
  return typeof uri === 'string' && typeof start === 'number' ? { uri: vscode.Uri.parse(uri), start } : null;
}
