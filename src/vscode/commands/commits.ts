import * as vscode from 'vscode';
import type { Priority } from '../../core/model/commit.js';
import { shortHash } from '../../shared/format.js';
import { commitText, messageText } from '../documents/document-text.js';
import { openMessage } from '../documents/open-message.js';
import { editUri } from '../documents/uris.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { commitTarget, type CommitTarget } from './arguments.js';
import type { CommandTable } from './command.js';
import { commitFile, commitSelection, commitText as commitPlainText } from './commit-text.js';

/** What is done with a commit: making one, priority, edit, copy (SPEC §2, §15). */
export function commitCommands(window: TractWindow): CommandTable {
  const priority = (value: Priority) => (argument: unknown) => setPriority(window, argument, value);
  return {
    commitSelection: (options) => commitSelection(window, options),
    commitText: (options) => commitPlainText(window, options),
    commitFile: (resource) => commitFile(window, resource),
    editCommit: (argument) => editCommit(window, argument),
    setPriority: (argument, value) => setPriority(window, argument, isPriority(value) ? value : undefined),
    pin: priority('pinned'),
    skip: priority('skip'),
    markImportant: priority('important'),
    markNormal: priority('normal'),
    copyHash: async (argument) =>
      copy(await choose(window, argument, vscode.l10n.t('Copy Hash of')), ({ commit }) => commit.commitHash),
    copyText: async (argument) =>
      copy(await choose(window, argument, vscode.l10n.t('Copy Text of')), ({ store, tract, commit }) =>
        commit.operation === 'append' && commit.metadata?.['tool_calls'] === undefined
          ? messageText(store, commit, tract.head)
          : commitText(store, commit),
      ),
  };
}

const choose = (window: TractWindow, argument: unknown, title: string) => commitTarget(window, argument, { title });

async function copy(
  target: CommitTarget | undefined,
  text: (target: CommitTarget) => string | Promise<string>,
): Promise<string | undefined> {
  if (target === undefined) return undefined;
  const copied = await text(target);
  await vscode.env.clipboard.writeText(copied);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Copied')}`, 3000);
  return copied;
}

const isPriority = (value: unknown): value is Priority =>
  value === 'skip' || value === 'normal' || value === 'important' || value === 'pinned';

const PRIORITY_ITEMS: readonly (vscode.QuickPickItem & { readonly priority: Priority })[] = [
  {
    priority: 'pinned',
    label: '$(pin) pinned',
    description: vscode.l10n.t('in the context, verbatim, also after compression'),
  },
  {
    priority: 'important',
    label: '$(star) important',
    description: vscode.l10n.t('in the context; a summary must keep it'),
  },
  { priority: 'normal', label: '$(circle-outline) normal', description: vscode.l10n.t('in the context') },
  {
    priority: 'skip',
    label: '$(eye-closed) skip',
    description: vscode.l10n.t('not in the context; stays in the history'),
  },
];

async function setPriority(window: TractWindow, argument: unknown, given?: Priority): Promise<string | undefined> {
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Set Priority of'),
    accept: ({ operation, contentType }) =>
      (operation === 'append' || operation === 'compress') && contentType !== 'config' && contentType !== 'metadata',
  });
  if (target === undefined) return undefined;
  const { tract, commit } = target;
  const priority =
    given ??
    (
      await vscode.window.showQuickPick(PRIORITY_ITEMS, {
        title: vscode.l10n.t('Priority of {0}', shortHash(commit.commitHash)),
      })
    )?.priority;
  if (priority === undefined) return undefined;
  return (await tract.annotate(commit.commitHash, priority)).commitHash;
}

/** Opens the message's text; saving it makes the edit commit (Annex B.12). */
async function editCommit(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Edit Commit'),
    accept: ({ operation }) => operation === 'append' || operation === 'compress' || operation === 'edit',
  });
  if (target === undefined) return undefined;
  const { store, tract, commit } = target;
  if (tract.isDetached)
    throw new WindowError(
      vscode.l10n.t('HEAD is detached, so no branch would hold the edit. Check out a branch or create one here first.'),
      ['tract.checkoutPrevious', 'tract.createBranch'],
    );
  const hash = commit.editTarget ?? commit.commitHash;
  const short = shortHash(hash);
  const uri = editUri(tract.tractId, store.storage.commitsByPrefix(short, 2).length === 1 ? short : hash);
  await vscode.window.showTextDocument(await openMessage(uri), { preview: false });
  return uri.toString();
}
