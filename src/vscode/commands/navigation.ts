import * as vscode from 'vscode';
import { HEADS, TAGS } from '../../core/model/refs.js';
import { readHead } from '../../core/operations/head.js';
import type { ResetMode } from '../../core/operations/reset.js';
import type { Tract } from '../../core/tract.js';
import { shortHash } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { branchOf, commitTarget, tractIdOf, tractTarget } from './arguments.js';
import type { CommandTable } from './command.js';
import { consequenceOf, describeLoss } from './consequence.js';
import { pickCommit } from './pick-commit.js';
import { offerUndo } from './undo-toast.js';

/** Moving HEAD: checkout, reset, undo, redo (SPEC §8). */
export function navigationCommands(window: TractWindow): CommandTable {
  return {
    checkout: (argument) => checkout(window, argument),
    checkoutPrevious: async () => {
      const tract = await window.store.requireActive();
      const head = await tract.checkout('-');
      tellPosition(tract);
      return head;
    },
    resetSoft: (argument) => reset(window, argument, 'soft'),
    resetHard: (argument, options) => reset(window, argument, 'hard', options),
    undo: (argument) => step(window, argument, 'undo'),
    redo: (argument) => step(window, argument, 'redo'),
  };
}

async function checkout(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const target = await checkoutTarget(window, tract, argument);
  if (target === undefined) return undefined;
  const head = await tract.checkout(target);
  await window.store.activate(tract.tractId);
  tellPosition(tract);
  return head;
}

async function checkoutTarget(window: TractWindow, tract: Tract, argument: unknown): Promise<string | undefined> {
  const branch = branchOf(argument);
  if (branch !== undefined) return branch;
  if (argument !== undefined) {
    const target = await commitTarget(window, argument, { title: vscode.l10n.t('Check Out a Commit') });
    return target?.commit.commitHash;
  }
  return pickRef(window, tract);
}

interface RefItem extends vscode.QuickPickItem {
  readonly ref?: string;
}

/** Branches, tags, the previous position, or a commit. */
async function pickRef(window: TractWindow, tract: Tract): Promise<string | undefined> {
  const store = await window.store.open();
  const { storage } = store;
  const current = readHead(storage, tract.tractId).branch;
  const refs = (prefix: string, icon: string): RefItem[] =>
    [...storage.refs(tract.tractId, prefix)].map(([ref, hash]) => {
      const name = ref.slice(prefix.length);
      const here = prefix === HEADS && name === current ? ` · ${vscode.l10n.t('checked out')}` : '';
      return { label: `$(${icon}) ${name}`, description: `${shortHash(hash)}${here}`, ref: name };
    });
  const previous: RefItem[] =
    storage.ref(tract.tractId, 'PREV_HEAD') === undefined
      ? []
      : [{ label: '$(discard) -', description: vscode.l10n.t('previous position'), ref: '-' }];
  const commit: RefItem = {
    label: `$(search) ${vscode.l10n.t('A commit…')}`,
    description: vscode.l10n.t('by text, hash or ref'),
  };
  const chosen = await vscode.window.showQuickPick(
    [...refs(HEADS, 'git-branch'), ...previous, ...refs(TAGS, 'tag'), commit],
    {
      title: vscode.l10n.t('Check Out'),
      placeHolder: vscode.l10n.t('A branch, a tag, the previous position, or a commit'),
    },
  );
  if (chosen === undefined || chosen.ref !== undefined) return chosen?.ref;
  return pickCommit(store, tract, { title: vscode.l10n.t('Check Out a Commit') });
}

function tellPosition(tract: Tract): void {
  const { head, currentBranch } = tract;
  const place = currentBranch ?? vscode.l10n.t('{0} (detached: create a branch to commit here)', shortHash(head ?? ''));
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Checked out {0}', place)}`, 5000);
}

async function reset(
  window: TractWindow,
  argument: unknown,
  mode: ResetMode,
  options?: unknown,
): Promise<string | undefined> {
  const title = mode === 'hard' ? vscode.l10n.t('Reset (Hard) to') : vscode.l10n.t('Reset (Soft) to');
  const target = await commitTarget(window, argument, { title });
  if (target === undefined) return undefined;
  const { store, tract, commit } = target;
  const consequence = await consequenceOf(store, tract.tractId, commit.commitHash);
  const place = tract.currentBranch ?? 'HEAD';
  if (
    mode === 'hard' &&
    !isConfirmed(options) &&
    !(await confirmHard(place, shortHash(commit.commitHash), consequence))
  )
    return undefined;
  const head = await tract.reset(commit.commitHash, { mode });
  offerUndo(
    window,
    tract.tractId,
    vscode.l10n.t(
      '{0} is now at {1}. {2} left it; nothing was deleted.',
      place,
      shortHash(head),
      counted(consequence.commits, 'commit', 'commits'),
    ),
  );
  return head;
}

/** For programs that have asked the person themselves. */
function isConfirmed(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'confirmed' in options && options.confirmed === true;
}

async function confirmHard(
  place: string,
  to: string,
  consequence: Parameters<typeof describeLoss>[0],
): Promise<boolean> {
  const discard = vscode.l10n.t('Reset (Hard)');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Reset {0} hard to {1}?', place, to),
    {
      modal: true,
      detail: vscode.l10n.t(
        '{0} leave the branch. They stay in the store until garbage collection; Undo brings them back.',
        describeLoss(consequence),
      ),
    },
    discard,
  );
  return chosen === discard;
}

async function step(window: TractWindow, argument: unknown, kind: 'undo' | 'redo'): Promise<string> {
  const tract =
    tractIdOf(argument) === undefined ? await window.store.requireActive() : await tractTarget(window, argument);
  const entry = await tract[kind]();
  const text =
    kind === 'undo' ? vscode.l10n.t('Undone: {0}', entry.detail) : vscode.l10n.t('Done again: {0}', entry.detail);
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 5000);
  return entry.detail;
}
