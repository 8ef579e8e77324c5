import * as vscode from 'vscode';
import { DetachedHeadError } from '../../core/model/errors.js';
import type { MergeOptions } from '../../core/operations/merge.js';
import { shortHash } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { commitTarget, branchOf, tractTarget } from './arguments.js';
import { pickBranch } from './branches.js';
import type { CommandTable } from './command.js';
import { resolveConflicts, tellMerged } from './conflicts.js';
import { offerUndo } from './undo-toast.js';

/** Bringing histories together: merge, rebase, cherry-pick (SPEC §9.2, §9.3). */
export function mergingCommands(window: TractWindow): CommandTable {
  return {
    merge: (argument, options) => merge(window, argument, options),
    rebase: (argument) => rebase(window, argument),
    cherryPick: (argument) => cherryPick(window, argument),
  };
}

async function chooseBranch(window: TractWindow, argument: unknown, title: string) {
  const tract = await tractTarget(window, argument);
  const branch = sessionRefOf(argument) ?? branchOf(argument) ?? (await pickBranch(tract, title));
  return branch === undefined ? undefined : { tract, branch };
}

/** A followed session's own line is merged by its commit. */
function sessionRefOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument) || argument.kind !== 'session')
    return undefined;
  return 'commitHash' in argument && typeof argument.commitHash === 'string' ? argument.commitHash : undefined;
}

/** Without conflicts at once; with conflicts it waits until the person resolved them. For programs: `{ resolutions }`. */
async function merge(window: TractWindow, argument: unknown, options: unknown): Promise<string | undefined> {
  const chosen = await chooseBranch(window, argument, vscode.l10n.t('Merge Branch into the Current One'));
  if (!chosen) return undefined;
  const { tract, branch } = chosen;
  const resolutions = givenResolutions(options);
  if (resolutions === undefined) {
    if (tract.isDetached) throw new DetachedHeadError('merge');
    const plan = await tract.planMerge(branch);
    if (plan.conflicts.length > 0) return resolveConflicts(window, tract, branch, plan);
  }
  const result = await tract.merge(branch, resolutions === undefined ? {} : { resolutions });
  tellMerged(window, tract.tractId, branch, result);
  return result.commit.commitHash;
}

function givenResolutions(options: unknown): MergeOptions['resolutions'] {
  return typeof options === 'object' && options !== null && 'resolutions' in options
    ? (options.resolutions as MergeOptions['resolutions'])
    : undefined;
}

async function rebase(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const chosen = await chooseBranch(window, argument, vscode.l10n.t('Rebase the Current Branch onto'));
  if (!chosen) return undefined;
  const { tract, branch } = chosen;
  const { replayed, head } = await tract.rebase(branch);
  if (replayed === 0)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing to rebase: this branch stands on {0} already.', branch),
    );
  else
    offerUndo(
      window,
      tract.tractId,
      vscode.l10n.t('Rebased {0} onto {1}.', counted(replayed, 'commit', 'commits'), branch),
    );
  return head;
}

async function cherryPick(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const active = await window.store.requireActive();
  const from =
    argument === undefined ? await pickBranch(active, vscode.l10n.t('Cherry-Pick from Which Branch?')) : undefined;
  if (argument === undefined && from === undefined) return undefined;
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Cherry-Pick'),
    ...(from === undefined ? {} : { from }),
  });
  if (!target) return undefined;
  const commit = await active.importCommit(target.commit.commitHash);
  offerUndo(
    window,
    active.tractId,
    vscode.l10n.t('Cherry-picked {0} as {1}.', shortHash(target.commit.commitHash), shortHash(commit.commitHash)),
  );
  return commit.commitHash;
}
