import * as vscode from 'vscode';
import { UnmergedBranchError } from '../../core/model/errors.js';
import { HEADS, TAGS } from '../../core/model/refs.js';
import { refNameProblem } from '../../core/operations/ref-name.js';
import type { Tract } from '../../core/tract.js';
import { compactCount, shortHash } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { branchOf, commitTarget, tractTarget } from './arguments.js';
import type { CommandTable } from './command.js';
import { offerUndo } from './undo-toast.js';

/** Branches and tags (SPEC §9.1, §9.5). */
export function branchCommands(window: TractWindow): CommandTable {
  return {
    createBranch: (argument, name) => createBranch(window, argument, name),
    deleteBranch: (argument) => deleteBranch(window, argument),
    renameBranch: (argument, name) => renameBranch(window, argument, name),
    createTag: (argument, name) => createTag(window, argument, name),
    deleteTag: (argument) => deleteTag(window, argument),
  };
}

/** From the row's commit, else from HEAD; checks the branch out. */
async function createBranch(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const from =
    argument === undefined ? undefined : await commitTarget(window, argument, { title: vscode.l10n.t('Branch from') });
  if (argument !== undefined && from === undefined) return undefined;
  const start = from?.commit.commitHash ?? tract.head;
  const place = start === null ? '' : vscode.l10n.t('at {0}', shortHash(start));
  const name =
    typeof given === 'string' ? given : await askName(window, tract, HEADS, vscode.l10n.t('Create Branch {0}', place));
  if (name === undefined) return undefined;
  await tract.branch(name, start === null ? {} : { from: start });
  await window.store.activate(tract.tractId);
  vscode.window.setStatusBarMessage(`$(git-branch) ${vscode.l10n.t('Created and checked out {0}', name)}`, 5000);
  return name;
}

async function askName(
  window: TractWindow,
  tract: Tract,
  prefix: string,
  title: string,
  value?: string,
): Promise<string | undefined> {
  const { storage } = await window.store.open();
  return vscode.window.showInputBox({
    title,
    prompt: prefix === TAGS ? vscode.l10n.t('Name of the tag') : vscode.l10n.t('Name of the branch'),
    ignoreFocusOut: true,
    ...(value === undefined ? {} : { value }),
    validateInput: (text) => {
      if (text === '') return undefined;
      const problem = refNameProblem(text);
      if (problem !== undefined) return vscode.l10n.t('Not a name: {0}', problem);
      return prefix === HEADS && text !== value && storage.ref(tract.tractId, prefix + text) !== undefined
        ? vscode.l10n.t("'{0}' exists already", text)
        : undefined;
    },
  });
}

/** Lets the person choose among the branches; `others` leaves out the current one. */
export async function pickBranch(tract: Tract, title: string, others = true): Promise<string | undefined> {
  const branches = (await tract.branches()).filter(({ current }) => !others || !current);
  const items = branches.map(({ name, head, ahead, behind, tokens }) => ({
    label: name,
    iconPath: new vscode.ThemeIcon('git-branch'),
    description: `${shortHash(head)} · ↑${ahead} ↓${behind} · ~${compactCount(tokens)} tok`,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.label;
}

async function deleteBranch(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const name = branchOf(argument) ?? (await pickBranch(tract, vscode.l10n.t('Delete Branch')));
  if (name === undefined) return undefined;
  try {
    await tract.deleteBranch(name);
  } catch (error) {
    if (!(error instanceof UnmergedBranchError)) throw error;
    const anyway = vscode.l10n.t('Delete Anyway');
    const ahead = (await tract.branches()).find((branch) => branch.name === name)?.ahead ?? 0;
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t("Delete branch '{0}'?", name),
      {
        modal: true,
        detail: vscode.l10n.t(
          '{0} are on no other branch. They stay in the store until garbage collection; Undo brings the branch back.',
          counted(ahead, 'commit', 'commits'),
        ),
      },
      anyway,
    );
    if (chosen !== anyway) return undefined;
    await tract.deleteBranch(name, { force: true });
  }
  offerUndo(window, tract.tractId, vscode.l10n.t("Deleted branch '{0}'. Its commits are still in the store.", name));
  return name;
}

async function renameBranch(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const from = branchOf(argument) ?? (await pickBranch(tract, vscode.l10n.t('Rename Branch'), false));
  if (from === undefined) return undefined;
  const to =
    typeof given === 'string'
      ? given
      : await askName(window, tract, HEADS, vscode.l10n.t("Rename Branch '{0}'", from), from);
  if (to === undefined || to === from) return undefined;
  await tract.renameBranch(from, to);
  return to;
}

async function createTag(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const target = await commitTarget(window, argument, { title: vscode.l10n.t('Tag') });
  if (target === undefined) return undefined;
  const { tract, commit } = target;
  const name =
    typeof given === 'string'
      ? given
      : await askName(window, tract, TAGS, vscode.l10n.t('Tag {0}', shortHash(commit.commitHash)));
  if (name === undefined) return undefined;
  await tract.tag(name, commit.commitHash);
  return name;
}

async function deleteTag(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const name =
    tagOf(argument) ??
    (await vscode.window.showQuickPick(
      (await tract.tags()).map((tag) => tag.name),
      { title: vscode.l10n.t('Delete Tag') },
    ));
  if (name === undefined) return undefined;
  await tract.untag(name);
  offerUndo(window, tract.tractId, vscode.l10n.t("Deleted tag '{0}'.", name));
  return name;
}

function tagOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return typeof argument === 'object' &&
    argument !== null &&
    'kind' in argument &&
    argument.kind === 'tag' &&
    'name' in argument &&
    typeof argument.name === 'string'
    ? argument.name
    : undefined;
}
