import * as vscode from 'vscode';
import type { CandidateFile } from '../../budget/workspace-files.js';
import { summarizeFile } from '../../core/operations/summarize.js';
import { fullCount } from '../../shared/format.js';
import { withModel } from '../chat/with-model.js';
import { WindowError } from '../errors.js';
import { readSettings } from '../settings.js';
import type { TractWindow } from '../window.js';
import { workspaceFiles } from './file-access.js';
import { refusalText } from './plan-view.js';
import { FILE_SUMMARY } from './stored-summaries.js';

/**
 * `Tract: Summarise File…`: a model or the person writes a summary of a file, which is kept as a `metadata` commit with the hash of
 * the content it was made from, so that a later change of the file makes it stale (SPEC §12). Programs pass `{text}`. Returns the
 * commit's hash; undefined when the person left.
 */
export async function summariseFile(
  window: TractWindow,
  given: unknown,
  options: unknown,
): Promise<string | undefined> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  if (!folder)
    throw new WindowError(vscode.l10n.t('Open a file of the workspace first, or choose it in the Explorer.'));
  const file = await readFile(folder.uri, uri.path.slice(folder.uri.path.length).replace(/^\//, ''));
  const text =
    typeof options === 'object' && options !== null && 'text' in options && typeof options.text === 'string'
      ? options.text
      : await write(window, file);
  if (text === undefined || text.trim() === '') return undefined;
  const tract = (await window.store.active()) ?? (await window.store.create(vscode.workspace.name ?? 'main'));
  const { commitHash } = await tract.commit(
    {
      content_type: 'metadata',
      kind: FILE_SUMMARY,
      path: file.path,
      data: { content_hash: file.contentHash, text: text.trim() },
    },
    { message: `Summary of ${file.path}` },
  );
  return commitHash;
}

async function readFile(root: vscode.Uri, path: string): Promise<CandidateFile> {
  const { files, refused } = await workspaceFiles(root).read([path]);
  const [file] = files;
  if (file) return file;
  const reason = refusalText(refused[0]?.reason ?? 'missing');
  throw new WindowError(vscode.l10n.t('{0} cannot be summarised: {1}. Nothing was changed.', path, reason));
}

/** By the model chosen for summaries, or by hand; both are edited and approved before they hold. */
async function write(window: TractWindow, file: CandidateFile): Promise<string | undefined> {
  const tokens = window.tokenizers.countTokens(file.content, readSettings().encoding);
  const id = window.models.refusal === null ? window.models.chosen('compress') : null;
  let proposal = '';
  if (id !== null) {
    const byModel = {
      label: `$(sparkle) ${vscode.l10n.t('Let {0} write the summary', id)}`,
      detail: vscode.l10n.t('sends ~{0} tokens; you see and edit the summary before it holds', fullCount(tokens)),
    };
    const byHand = { label: `$(edit) ${vscode.l10n.t('Write it myself')}` };
    const chosen = await vscode.window.showQuickPick([byModel, byHand], {
      title: vscode.l10n.t('Summarise {0}', file.path),
    });
    if (chosen === undefined) return undefined;
    if (chosen === byModel) {
      const written = await withModel(
        window,
        'compress',
        vscode.l10n.t('Summarising {0}', file.path),
        (model, signal) => summarizeFile(model, { path: file.path, content: file.content, tokens }, signal),
      );
      if (written === undefined) return undefined;
      proposal = written;
    }
  }
  return window.askedTexts.ask({
    message: vscode.l10n.t(
      'This summary may stand for {0} ({1} tokens) until the file changes. Nothing else changes now.',
      file.path,
      fullCount(tokens),
    ),
    initial: proposal,
    approve: vscode.l10n.t('Keep Summary'),
  });
}
