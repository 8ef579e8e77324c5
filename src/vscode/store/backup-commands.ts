import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Storage } from '../../core/ports/storage.js';
import { StoreBackupError } from '../../storage/errors.js';
import { registerCommands } from '../commands/command.js';
import { counted } from '../commit-look.js';
import type { Contribution, TractWindow } from '../window.js';
import { storeDirectory } from './store-directory.js';

/** `Tract: Back Up Store…` and `Tract: Restore Store…` (issue 4). Both take a folder, so that programs can call them. */
export const backups: Contribution = {
  name: 'backups',
  register: (window) =>
    registerCommands(window, {
      backUpStore: (folder) => backUp(window, folder),
      restoreStore: (folder) => restore(window, folder),
    }),
};

/** Copies the store into a new folder below the one chosen; gives its path. */
async function backUp(window: TractWindow, given: unknown): Promise<string | undefined> {
  const store = await window.store.open();
  if (storeDirectory(window.context) === null) throw notHere();
  const parent = await chosenFolder(given, {
    title: vscode.l10n.t('Back Up Store: where to'),
    openLabel: vscode.l10n.t('Back Up Here'),
  });
  if (parent === undefined) return undefined;
  const target = join(parent, `tract-backup-${stamp(new Date())}`);
  const { backUpStore } = await import('../../node/store-backup.js');
  const title = vscode.l10n.t('Tract: backing up the store');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    backUpStore(store, target),
  );
  const reveal = vscode.l10n.t('Reveal');
  const message = vscode.l10n.t('Backed up {0} to {1}.', summary(store.storage), target);
  void vscode.window.showInformationMessage(message, reveal).then((chosen) => {
    if (chosen === reveal) void vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(target));
  });
  return target;
}

/** Puts a backup in the place of the store, after saying what is replaced. Gives the folder that holds the replaced store. */
async function restore(window: TractWindow, given: unknown): Promise<string | null | undefined> {
  const { storage } = await window.store.open();
  const directory = storeDirectory(window.context);
  if (directory === null) throw notHere();
  const from = await chosenFolder(given, {
    title: vscode.l10n.t('Restore Store: the folder of a backup'),
    openLabel: vscode.l10n.t('Restore This'),
  });
  if (from === undefined) return undefined;
  const { openStore } = await import('../../library.js');
  const backup = await openStore({ directory: from, readOnly: true });
  const found = summary(backup.storage);
  const empty = backup.tracts().length === 0;
  await backup.close();
  if (empty) throw new StoreBackupError('There is no store in that folder, or it is empty. Nothing was changed.');
  const confirm = vscode.l10n.t('Restore');
  const detail = vscode.l10n.t(
    'The backup holds {0}. The store of this workspace now holds {1}; it is kept beside the restored one, and Undo brings it back.',
    found,
    summary(storage),
  );
  const question = vscode.l10n.t('Replace the store of this workspace?');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, confirm)) !== confirm)
    return undefined;
  return putInPlace(window, directory, from);
}

async function putInPlace(window: TractWindow, directory: string, from: string): Promise<string | null> {
  const { restoreStore } = await import('../../node/store-backup.js');
  const aside = await window.store.whileClosed(() => restoreStore(from, { directory, application: 'VS Code' }));
  const { storage } = await window.store.open();
  const undo = vscode.l10n.t('Undo');
  const message = vscode.l10n.t('Restored {0}.', summary(storage));
  void vscode.window.showInformationMessage(message, ...(aside === null ? [] : [undo])).then(async (chosen) => {
    if (chosen !== undo || aside === null) return;
    await putInPlace(window, directory, aside).catch((error: unknown) => {
      window.errors.report(error);
    });
  });
  return aside;
}

/** `2 tracts with 120 commits`. */
function summary(storage: Storage): string {
  let commits = 0;
  for (const hash of storage.commitHashes()) if (hash !== '') commits++;
  const tracts = counted(storage.tracts().length, 'tract', 'tracts');
  return vscode.l10n.t('{0} with {1}', tracts, counted(commits, 'commit', 'commits'));
}

async function chosenFolder(
  given: unknown,
  options: { readonly title: string; readonly openLabel: string },
): Promise<string | undefined> {
  if (typeof given === 'string') return given;
  const chosen = await vscode.window.showOpenDialog({
    ...options,
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: false,
  });
  return chosen?.[0]?.fsPath;
}

function notHere(): StoreBackupError {
  return new StoreBackupError(
    vscode.l10n.t('The store of this window does not lie in a folder of this machine. Export its tracts instead.'),
  );
}

/** `2026-03-01T101500`: sorts by time, and every file system takes it. */
function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(':', '');
}
