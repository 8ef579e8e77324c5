import * as vscode from 'vscode';
import { slotOf } from '../../core/compile/snapshot.js';
import type { MergeConflict } from '../../core/model/errors.js';
import type { MergePlan } from '../../core/operations/merge.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { shortHash } from '../../shared/format.js';
import { withModel } from '../chat/with-model.js';
import { commitLabel, counted } from '../commit-look.js';
import { storedCommit } from '../documents/document-text.js';
import type { TractWindow } from '../window.js';
import { commitTarget, branchOf, tractTarget } from './arguments.js';
import { askText } from './ask-text.js';
import { pickBranch } from './branches.js';
import type { CommandTable } from './command.js';
import { offerUndo } from './undo-toast.js';

type Resolutions = Record<string, 'ours' | 'theirs' | { readonly text: string }>;

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

async function merge(window: TractWindow, argument: unknown, options: unknown): Promise<string | undefined> {
  const chosen = await chooseBranch(window, argument, vscode.l10n.t('Merge Branch into the Current One'));
  if (!chosen) return undefined;
  const { tract, branch } = chosen;
  const plan = await tract.planMerge(branch);
  const resolutions = givenResolutions(options) ?? (await resolveAll(window, plan, proposals(window, tract, branch)));
  if (resolutions === undefined) return undefined;
  const result = await tract.merge(branch, { resolutions });
  const name = branch.length === 64 ? shortHash(branch) : branch;
  const how = result.fastForward
    ? vscode.l10n.t('fast-forward')
    : vscode.l10n.t('merge commit {0}', shortHash(result.commit.commitHash));
  offerUndo([vscode.l10n.t('Merged {0} ({1}).', name, how), ...result.advisories.map(({ text }) => text)].join(' '));
  return result.commit.commitHash;
}

function givenResolutions(options: unknown): Resolutions | undefined {
  return typeof options === 'object' && options !== null && 'resolutions' in options
    ? (options.resolutions as Resolutions)
    : undefined;
}

/** A model's text for a conflict; undefined when it was cancelled. Null: there is no model to ask. */
type Propose = ((target: string) => Promise<string | undefined>) | null;

/** All conflicts are asked about at once, when the first proposal is wanted (SPEC §9.2 `semantic`). */
function proposals(window: TractWindow, tract: Tract, branch: string): Propose {
  if (window.models.chosen('merge') === null || window.models.refusal !== null) return null;
  let asked: Resolutions | undefined;
  return async (target) => {
    asked ??= await withModel(window, 'merge', vscode.l10n.t('Proposing a resolution'), (model, signal) =>
      tract.semanticResolutions(branch, { model, signal }),
    );
    const proposal = asked?.[target];
    return typeof proposal === 'object' ? proposal.text : undefined;
  };
}

/** Asks conflict by conflict; undefined when the person stopped: nothing is written then. */
async function resolveAll(window: TractWindow, plan: MergePlan, propose: Propose): Promise<Resolutions | undefined> {
  const store = await window.store.open();
  const resolutions: Resolutions = {};
  const byTarget = new Map(plan.conflicts.map((conflict) => [conflict.target, conflict]));
  let number = 0;
  for (const [target, conflict] of byTarget) {
    const title = vscode.l10n.t('Conflict {0} of {1}', ++number, byTarget.size);
    const resolution = await resolveOne(store, plan, conflict, title, propose);
    if (resolution === undefined) return undefined;
    resolutions[target] = resolution;
  }
  return resolutions;
}

const KINDS: Readonly<Record<MergeConflict['kind'], string>> = {
  'both-edit': vscode.l10n.t('edited on both sides'),
  'edit-skip': vscode.l10n.t('edited on one side, skipped on the other'),
  'both-annotate': vscode.l10n.t('given different priorities'),
};

async function resolveOne(
  store: Store,
  plan: MergePlan,
  conflict: MergeConflict,
  title: string,
  propose: Propose,
): Promise<Resolutions[string] | undefined> {
  const { env, storage } = store;
  const ours = slotOf(await env.compiler.snapshot(storage, plan.ours?.commitHash ?? null), conflict.target);
  const theirs = slotOf(await env.compiler.snapshot(storage, plan.theirs.commitHash), conflict.target);
  const side = (slot: typeof ours) =>
    `${slot?.priority === 'skip' ? `(${vscode.l10n.t('skipped')}) ` : ''}${(slot?.text ?? '').replace(/\s+/g, ' ').slice(0, 100)}`;
  const items = [
    {
      label: `$(arrow-left) ${vscode.l10n.t('Ours')}`,
      description: ours?.priority ?? '',
      detail: side(ours),
      choice: 'ours' as const,
    },
    {
      label: `$(arrow-right) ${vscode.l10n.t('Theirs')}`,
      description: theirs?.priority ?? '',
      detail: side(theirs),
      choice: 'theirs' as const,
    },
    {
      label: `$(edit) ${vscode.l10n.t('Write the text…')}`,
      detail: vscode.l10n.t('opens an editor with both texts'),
      choice: 'text' as const,
    },
    ...(propose === null
      ? []
      : [
          {
            label: `$(sparkle) ${vscode.l10n.t('Propose a text…')}`,
            detail: vscode.l10n.t('by the model for merges; you see and edit it before it holds'),
            choice: 'proposal' as const,
          },
        ]),
  ];
  const label = commitLabel(storedCommit(store, conflict.target));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title}: ${label}`,
    placeHolder: vscode.l10n.t('This message was {0}. What should compile?', KINDS[conflict.kind]),
    ignoreFocusOut: true,
  });
  if (chosen === undefined || chosen.choice === 'ours' || chosen.choice === 'theirs') return chosen?.choice;
  const proposal = chosen.choice === 'proposal' ? await propose?.(conflict.target) : undefined;
  if (chosen.choice === 'proposal' && proposal === undefined) return undefined;
  const text = await askText({
    message: vscode.l10n.t('{0}: write the text that the merge shall show, without the markers.', title),
    initial:
      proposal ??
      `<<<<<<< ${vscode.l10n.t('ours')}\n${ours?.text ?? ''}\n=======\n${theirs?.text ?? ''}\n>>>>>>> ${vscode.l10n.t('theirs')}\n`,
    approve: vscode.l10n.t('Use This Text'),
  });
  if (text === undefined) return undefined;
  if (!/^(<{7} |={7}$|>{7} )/m.test(text)) return { text: text.replace(/\n$/, '') };
  void vscode.window.showWarningMessage(vscode.l10n.t('The text still has conflict markers.'));
  return resolveOne(store, plan, conflict, title, propose);
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
  else offerUndo(vscode.l10n.t('Rebased {0} onto {1}.', counted(replayed, 'commit', 'commits'), branch));
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
    vscode.l10n.t('Cherry-picked {0} as {1}.', shortHash(target.commit.commitHash), shortHash(commit.commitHash)),
  );
  return commit.commitHash;
}
