import * as vscode from 'vscode';
import { shortHash } from '../../shared/format.js';
import { openMessage } from '../documents/open-message.js';
import { addressOf, mergeUri, messageUri } from '../documents/uris.js';
import type { Conflict, CurrentMerge } from './merge-in-progress.js';

/** VS Code's own command: it may go, so it is looked for before each use (Annex B.12). */
const MERGE_EDITOR = '_open.mergeEditor';

/** Opens the texts of a conflict: in the merge editor, where there is none as a diff of both sides above the text to write. */
export async function openConflict(
  merge: CurrentMerge,
  conflict: Conflict,
  editor?: 'merge' | 'diff',
): Promise<'merge' | 'diff'> {
  const { tractId, base, ours, theirs, into } = merge;
  const { target, label } = conflict;
  const from = nameOf(merge);
  const uris = {
    base: messageUri(tractId, target, base, vscode.l10n.t('Base')),
    ours: messageUri(tractId, target, ours, into),
    theirs: messageUri(tractId, target, theirs, from),
    output: mergeUri(tractId, target, label),
  };
  const result = await openMessage(uris.output);
  if (editor !== 'diff' && (editor === 'merge' || (await hasMergeEditor()))) {
    await vscode.commands.executeCommand(MERGE_EDITOR, {
      base: uris.base,
      input1: { uri: uris.theirs, title: vscode.l10n.t('Theirs'), description: from },
      input2: { uri: uris.ours, title: vscode.l10n.t('Ours'), description: into },
      output: uris.output,
    });
    // It opens without the focus, where Ctrl+S and Ctrl+Enter would not reach it.
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    return 'merge';
  }
  await vscode.commands.executeCommand('vscode.diff', uris.ours, uris.theirs, vscode.l10n.t('{0} ↔ {1}', into, from), {
    viewColumn: vscode.ViewColumn.One,
    preview: false,
  });
  await vscode.window.showTextDocument(result, { viewColumn: vscode.ViewColumn.Two, preview: false });
  return 'diff';
}

async function hasMergeEditor(): Promise<boolean> {
  return (await vscode.commands.getCommands(false)).includes(MERGE_EDITOR);
}

/** Gives the open text of a conflict what was chosen elsewhere, so that its editor can be closed without a question. */
export async function writeConflict(
  { tractId }: CurrentMerge,
  { target, label }: Conflict,
  text: string,
): Promise<void> {
  const uri = mergeUri(tractId, target, label).toString();
  const document = vscode.workspace.textDocuments.find((open) => open.isDirty && open.uri.toString() === uri);
  if (!document) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}

/** The name of what is merged: a session's line is merged by its commit. */
export function nameOf({ from }: Pick<CurrentMerge, 'from'>): string {
  return /^[0-9a-f]{64}$/.test(from) ? shortHash(from) : from;
}

/** Closes what showed the conflicts of a merge, or only the one about `target`; false when the person kept a tab open. */
export async function closeConflict({ tractId }: CurrentMerge, target?: string): Promise<boolean> {
  const isOfMerge = (uri: vscode.Uri) => {
    const address = addressOf(uri);
    return (
      address?.tractId === tractId &&
      (address.kind === 'merge' || address.kind === 'message') &&
      (target === undefined || address.commitHash === target)
    );
  };
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => !tab.isDirty && documentsOf(tab).some(isOfMerge));
  return tabs.length === 0 || vscode.window.tabGroups.close(tabs, true);
}

/** The documents that a tab shows. Of the merge editor the API has no type yet; its result is what tells it. */
function documentsOf({ input }: vscode.Tab): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
  if (typeof input !== 'object' || input === null || !('result' in input)) return [];
  return input.result instanceof vscode.Uri ? [input.result] : [];
}
