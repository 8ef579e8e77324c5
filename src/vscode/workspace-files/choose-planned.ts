import * as vscode from 'vscode';
import { compactCount } from '../../shared/format.js';
import type { SelectionReason } from '../../budget/index.js';
import type { CommittedFile } from './committed-files.js';
import type { FilePlan, FileRequest } from './plan-files.js';

interface FileItem extends vscode.QuickPickItem {
  readonly path: string;
  readonly tokens: number;
}

/** Shows the plan, kept files checked; resolves with the paths to keep, undefined when the person closed it. */
export async function choosePlanned(
  { selection, files }: FilePlan,
  request: FileRequest,
  known: ReadonlyMap<string, CommittedFile>,
): Promise<readonly string[] | undefined> {
  const kept = new Set(selection.kept.map(({ path }) => path));
  const items = selection.perFile.map(({ path, tokens, score, reason }): FileItem => {
    const before = known.get(path);
    const parts = [`${compactCount(tokens)} tok`, reasonText(reason)];
    if (reason !== 'pinned') parts.push(vscode.l10n.t('score {0}', score));
    if (before !== undefined)
      parts.push(
        before.contentHash === files.get(path)?.contentHash
          ? vscode.l10n.t('in the context')
          : vscode.l10n.t('changed since it was committed'),
      );
    return { path, tokens, label: path, description: parts.join(' · '), picked: kept.has(path) };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    ignoreFocusOut: true,
    title: vscode.l10n.t(
      'Files for the Context: {0} of {1} tokens ({2})',
      compactCount(selection.usedTokensEst),
      compactCount(request.budgetTokens),
      selection.embedding.fallbackReason === null
        ? selection.mode
        : `${selection.mode}: ${selection.embedding.fallbackReason}`,
    ),
    placeHolder: vscode.l10n.t('Checked files are committed; check and uncheck to change the plan'),
  });
  return chosen?.map(({ path }) => path);
}

function reasonText(reason: SelectionReason): string {
  switch (reason) {
    case 'pinned':
      return vscode.l10n.t('must be in');
    case 'fit':
      return vscode.l10n.t('fits');
    case 'too_big':
      return vscode.l10n.t('larger than the budget');
    case 'budget_exhausted':
      return vscode.l10n.t('no room left');
  }
}
