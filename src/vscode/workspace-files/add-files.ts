import * as vscode from 'vscode';
import { compactCount } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import { offerUndo } from '../commands/undo-toast.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { givenRequest, selectedRequest, type GivenRequest } from './file-request.js';
import type { AddedFiles, FileRequest } from './open-plan.js';
import { refusalText } from './plan-view.js';

/**
 * `Tract: Add Workspace Files to Context…`: shows the plan in the panel, where the rest is decided. Programs say what they want in
 * `options`; with `confirmed: true` what is chosen is committed at once, the same way.
 */
export async function addFiles(
  window: TractWindow,
  resources: readonly vscode.Uri[],
  options: unknown,
): Promise<AddedFiles | undefined> {
  const { filePlans } = window;
  const budget = await filePlans.offeredBudget();
  const given = typeof options === 'object' && options !== null ? (options as GivenRequest) : null;
  const request = given ? givenRequest(given, budget) : await selectedRequest(resources, budget);
  if (request === undefined) return undefined;
  if (given && 'confirmed' in given && given.confirmed === true) return chooseAndCommit(window, request);
  const shown = filePlans.show(request);
  await vscode.commands.executeCommand('tract.showPlan');
  await shown;
  return undefined;
}

/** Plans and commits without showing the plan. @throws CancellationError, WindowError when there is nothing to choose from */
export async function chooseAndCommit(window: TractWindow, request: FileRequest): Promise<AddedFiles> {
  const plan = await window.filePlans.create(request);
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Tract: choosing files'),
        cancellable: true,
      },
      (_progress, token) => {
        token.onCancellationRequested(() => {
          plan.dispose();
        });
        return plan.start();
      },
    );
    if (plan.files.length === 0) throw nothingToChoose(plan.view().skipped);
    const added = await plan.commit();
    tellAdded(window, added);
    return added;
  } finally {
    plan.dispose();
  }
}

function nothingToChoose(skipped: readonly { readonly path: string; readonly reason: string }[]): WindowError {
  const [first] = skipped;
  return new WindowError(
    first === undefined
      ? vscode.l10n.t('There is no file to choose from here. Nothing was changed.')
      : vscode.l10n.t('No file could be added: {0} is {1}. Nothing was changed.', first.path, first.reason),
  );
}

/** What was done, with the way back; what could not be read is named. */
export function tellAdded(window: TractWindow, { added, changed, unchanged, tokens, gone }: AddedFiles): void {
  const [first] = gone;
  if (first !== undefined)
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} were not added; {1}: {2}.',
        counted(gone.length, 'file', 'files'),
        first.path,
        refusalText(first.reason),
      ),
    );
  const done = [
    ...(added.length === 0 ? [] : [vscode.l10n.t('{0} added', counted(added.length, 'file', 'files'))]),
    ...(changed.length === 0 ? [] : [vscode.l10n.t('{0} committed as edits', changed.length)]),
    ...(unchanged.length === 0 ? [] : [vscode.l10n.t('{0} already there', unchanged.length)]),
  ];
  offerUndo(
    window,
    window.store.activeId ?? '',
    vscode.l10n.t('Context: {0}; ~{1} tokens of files.', done.join(', '), compactCount(tokens)),
  );
}
