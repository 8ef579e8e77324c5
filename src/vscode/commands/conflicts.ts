import * as vscode from 'vscode';
import type { MergeConflict } from '../../core/model/errors.js';
import type { MergePlan } from '../../core/operations/merge.js';
import type { MergeResult } from '../../core/operations/merge.js';
import type { Tract } from '../../core/tract.js';
import { shortHash } from '../../shared/format.js';
import { withModel } from '../chat/with-model.js';
import { counted } from '../commit-look.js';
import { addressOf } from '../documents/uris.js';
import { WindowError } from '../errors.js';
import { withoutFinalNewline } from '../merge/markers.js';
import type { Conflict, ConflictSide, CurrentMerge } from '../merge/merge-in-progress.js';
import { closeConflict, nameOf, openConflict, writeConflict } from '../merge/open-conflict.js';
import type { TractWindow } from '../window.js';
import type { CommandTable } from './command.js';
import { offerUndo } from './undo-toast.js';

/** Resolving the conflicts of a merge (SPEC §9.2, Annex B.12): rows of the history, the merge editor, or all at once. */
export function conflictCommands(window: TractWindow): CommandTable {
  return {
    resolveConflict: async (argument, editor) => {
      // The merge could not be completed before: another branch was checked out.
      if (argument === undefined && window.merging.open.length === 0) return goOn(window);
      const conflict = await chooseConflict(window, argument);
      return conflict && open(window, conflict, editor === 'merge' || editor === 'diff' ? editor : undefined);
    },
    acceptResolution: () => vscode.commands.executeCommand('workbench.action.files.save'),
    keepOurs: (argument) => settle(window, argument, 'ours'),
    takeTheirs: (argument) => settle(window, argument, 'theirs'),
    proposeResolution: async (argument) => {
      const conflict = await chooseConflict(window, argument);
      if (conflict && (await propose(window, [conflict]))) await open(window, conflict);
    },
    abortMerge: () => abort(window),
  };
}

/** Saving the text of a conflict resolves it: then the next one is shown, or the merge completed. */
export function watchConflicts(window: TractWindow): vscode.Disposable {
  return vscode.workspace.onDidSaveTextDocument((document) => {
    const address = addressOf(document.uri);
    const conflict = address?.kind === 'merge' ? window.merging.conflict(address.commitHash) : undefined;
    if (conflict)
      takeText(window, conflict).catch((error: unknown) => {
        window.errors.report(error);
      });
  });
}

async function takeText(window: TractWindow, conflict: Conflict): Promise<void> {
  const { target, baseText, resolution } = conflict;
  const text = window.merging.text(requireMerge(window).tractId, target);
  if (typeof resolution === 'string' && text === conflict[resolution].text) return;
  // The merge editor shows the base where nothing was chosen yet.
  if (text !== undefined && withoutFinalNewline(text) === baseText && !(await confirmBase(conflict))) return;
  if (window.merging.resolveWithText(target)) await goOn(window, window.merging.conflict(target));
  else
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The text still has conflict markers, so this conflict is not resolved yet.'),
    );
}

async function confirmBase({ label }: Conflict): Promise<boolean> {
  const use = vscode.l10n.t('Use It');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t("'{0}': this is the text that both branches started from. Shall the merge show it?", label),
    use,
  );
  return chosen === use;
}

/** How the person wants to go about it; nothing begins when they close the question. */
export async function resolveConflicts(
  window: TractWindow,
  tract: Tract,
  branch: string,
  plan: MergePlan,
): Promise<undefined> {
  const count = new Set(plan.conflicts.map(({ target }) => target)).size;
  const into = tract.currentBranch ?? 'HEAD';
  const items = [
    {
      label: `$(git-merge) ${vscode.l10n.t('Resolve One by One')}`,
      detail: vscode.l10n.t('texts in the merge editor; the merge completes when the last one is saved'),
      how: 'each' as const,
    },
    { label: `$(arrow-left) ${vscode.l10n.t('Keep Ours for All')}`, description: into, how: 'ours' as const },
    {
      label: `$(arrow-right) ${vscode.l10n.t('Take Theirs for All')}`,
      description: shownRef(branch),
      how: 'theirs' as const,
    },
    ...(canPropose(window)
      ? [
          {
            label: `$(sparkle) ${vscode.l10n.t('Propose Texts with the Model')}`,
            detail: vscode.l10n.t('you see and edit each before it holds'),
            how: 'model' as const,
          },
        ]
      : []),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Merge {0} into {1}: {2}', shownRef(branch), into, counted(count, 'conflict', 'conflicts')),
    placeHolder: vscode.l10n.t('Both branches changed the same messages. Nothing is merged before each is resolved.'),
    ignoreFocusOut: true,
  });
  if (!chosen) return undefined;
  await window.merging.start(tract.tractId, branch, plan);
  if (chosen.how === 'ours' || chosen.how === 'theirs')
    for (const { target } of window.merging.open) window.merging.resolve(target, chosen.how);
  if (chosen.how === 'model') await propose(window, window.merging.open);
  await goOn(window);
  return undefined;
}

export function tellMerged(window: TractWindow, tractId: string, branch: string, result: MergeResult): void {
  const how = result.fastForward
    ? vscode.l10n.t('fast-forward')
    : vscode.l10n.t('merge commit {0}', shortHash(result.commit.commitHash));
  const text = vscode.l10n.t('Merged {0} ({1}).', shownRef(branch), how);
  offerUndo(window, tractId, [text, ...result.advisories.map((advisory) => advisory.text)].join(' '));
}

const shownRef = (branch: string) => nameOf({ from: branch });

async function goOn(window: TractWindow, settled?: Conflict): Promise<void> {
  const { current, open: left } = window.merging;
  if (!current) return;
  if (settled && !(await closeConflict(current, settled.target))) return;
  const [next] = left;
  if (next) {
    await open(window, next);
    return;
  }
  const result = await window.merging.complete();
  if (result === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The branches moved meanwhile: {0}.',
        counted(window.merging.open.length, 'new conflict', 'new conflicts'),
      ),
    );
    return;
  }
  await closeConflict(current);
  tellMerged(window, current.tractId, current.from, result);
}

/** Texts in an editor; what is about a priority only, as a choice. */
async function open(window: TractWindow, conflict: Conflict, editor?: 'merge' | 'diff'): Promise<string | undefined> {
  const merge = requireMerge(window);
  if (conflict.kinds.includes('both-edit')) return openConflict(merge, conflict, editor);
  const chosen = await vscode.window.showQuickPick(
    [
      { label: `$(arrow-left) ${vscode.l10n.t('Ours')}`, ...shownSide(conflict.ours), side: 'ours' as const },
      { label: `$(arrow-right) ${vscode.l10n.t('Theirs')}`, ...shownSide(conflict.theirs), side: 'theirs' as const },
    ],
    {
      title: conflict.label,
      placeHolder: vscode.l10n.t('This message was {0}. What should compile?', conflict.kinds.map(kindText).join(', ')),
      ignoreFocusOut: true,
    },
  );
  if (!chosen) return undefined;
  window.merging.resolve(conflict.target, chosen.side);
  await goOn(window, conflict);
  return chosen.side;
}

const shownSide = ({ text, priority }: ConflictSide) => ({
  description: priority,
  detail: text.replace(/\s+/g, ' ').slice(0, 100),
});

/** `edited on both sides` */
export function kindText(kind: MergeConflict['kind']): string {
  switch (kind) {
    case 'both-edit':
      return vscode.l10n.t('edited on both sides');
    case 'edit-skip':
      return vscode.l10n.t('edited on one side, skipped on the other');
    case 'both-annotate':
      return vscode.l10n.t('given different priorities');
  }
}

async function settle(window: TractWindow, argument: unknown, side: 'ours' | 'theirs'): Promise<void> {
  const conflict = await chooseConflict(window, argument);
  if (!conflict) return;
  window.merging.resolve(conflict.target, side);
  await writeConflict(requireMerge(window), conflict, conflict[side].text);
  await goOn(window, conflict);
}

async function abort(window: TractWindow): Promise<void> {
  const merge = requireMerge(window);
  for (const conflict of merge.conflicts) {
    window.merging.resolve(conflict.target, 'ours');
    await writeConflict(merge, conflict, conflict.ours.text);
  }
  window.merging.abort();
  await closeConflict(merge);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Merge given up; nothing was changed.')}`, 5000);
}

function requireMerge({ merging }: TractWindow): CurrentMerge {
  if (merging.current) return merging.current;
  throw new WindowError(vscode.l10n.t('No merge is in progress.'));
}

/** The conflict of a row or of a hash, else one that the person picks. */
async function chooseConflict(window: TractWindow, argument: unknown): Promise<Conflict | undefined> {
  const { conflicts } = requireMerge(window);
  const target = typeof argument === 'object' && argument !== null && 'target' in argument ? argument.target : argument;
  if (typeof target === 'string') return conflicts.find((conflict) => conflict.target.startsWith(target));
  const items = conflicts.map((conflict) => ({
    label: conflict.label,
    description:
      conflict.resolution === undefined ? conflict.kinds.map(kindText).join(', ') : vscode.l10n.t('resolved'),
    conflict,
  }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Resolve Conflict') }))?.conflict;
}

function canPropose({ models }: TractWindow): boolean {
  return models.chosen('merge') !== null && models.refusal === null;
}

/** Texts of a model to begin with (SPEC §9.2 `semantic`); false when it was cancelled. */
async function propose(window: TractWindow, conflicts: readonly Conflict[]): Promise<boolean> {
  const { tractId, from, conflicts: all } = requireMerge(window);
  const tract = await window.store.tract(tractId);
  // The model is sent only the conflicts that are asked about.
  const others = all.filter(({ target }) => !conflicts.some((conflict) => conflict.target === target));
  const resolutions = Object.fromEntries(others.map(({ target }) => [target, 'ours' as const]));
  const texts = await withModel(window, 'merge', vscode.l10n.t('Proposing a resolution'), (model, signal) =>
    tract.semanticResolutions(from, { model, signal, resolutions }),
  );
  for (const { target } of conflicts) {
    const proposal = texts?.[target];
    if (typeof proposal === 'object') window.merging.keep(target, proposal.text);
  }
  return texts !== undefined;
}
