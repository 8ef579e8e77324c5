import { join } from 'node:path';
import * as vscode from 'vscode';
import { isFolder, STORE_FOLDER, storeIn } from '../../node/store-folder.js';
import { registerCommands } from '../commands/command.js';
import { WindowError } from '../errors.js';
import type { Contribution, TractWindow } from '../window.js';
import { chosenStore, chooseStore, storeDirectory, storePlace } from './store-directory.js';
import { offerInTerminals } from './terminal-command.js';

/** How the store is reached from outside, and which one this workspace uses (Annex B.13, issue 8). */
export const storeReach: Contribution = { name: 'store reach', register };

function register(window: TractWindow): vscode.Disposable {
  const { context, log } = window;
  offerInTerminals(context).catch((error: unknown) => {
    log.warn(`The tract command is not in terminals: ${error instanceof Error ? error.message : String(error)}`);
  });
  const chosen = chosenStore(context);
  if (chosen !== null && !isFolder(chosen))
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The store chosen for this workspace, {0}, is gone. Its own store is open instead.', chosen),
    );
  return registerCommands(window, {
    copyStorePath: () => copyStorePath(window),
    openStore: (folder) => openStore(window, folder),
  });
}

/** For `tract --store DIR`, and for people. Returns what was copied. */
async function copyStorePath({ context }: TractWindow): Promise<string> {
  const place = storePlace(context);
  await vscode.env.clipboard.writeText(place);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the path of the store'), 4000);
  return place;
}

interface Choice extends vscode.QuickPickItem {
  /** Null: the workspace's own. */
  readonly directory: string | null;
}

/**
 * Lets the person choose a `.tract/` of this workspace, another folder, or the workspace's own store again. The window loads
 * anew, so that nothing of the other store is left in it. Returns the folder; undefined when the person went no further.
 */
async function openStore({ context }: TractWindow, given: unknown): Promise<string | null | undefined> {
  if (context.globalStorageUri.scheme !== 'file' || storeDirectory(context) === null)
    throw new WindowError(vscode.l10n.t('A store can be chosen where this window has files of its own.'));
  const chosen = typeof given === 'string' ? given : await pickStore(context);
  if (chosen === undefined) return undefined;
  const directory = chosen === null ? null : existingStoreIn(chosen);
  if (directory === storeDirectory(context)) return directory;
  const reload = vscode.l10n.t('Reload Window');
  const question =
    directory === null
      ? vscode.l10n.t('Use the workspace’s own store?')
      : vscode.l10n.t('Use the store in {0} for this workspace?', directory);
  const detail = vscode.l10n.t('The window loads again. The store that is open now stays as it is.');
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, reload);
  if (answer !== reload) return undefined;
  await chooseStore(context, directory);
  await vscode.commands.executeCommand('workbench.action.reloadWindow');
  return directory;
}

async function pickStore(context: vscode.ExtensionContext): Promise<string | null | undefined> {
  const open = storeDirectory(context);
  const found = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => join(uri.fsPath, STORE_FOLDER))
    .filter(isFolder);
  const other = vscode.l10n.t('Another Folder…');
  const choices: readonly Choice[] = [
    { label: vscode.l10n.t('The workspace’s own store'), directory: null },
    ...found.map((directory) => ({ label: STORE_FOLDER, detail: directory, directory })),
  ];
  const isOpen = (directory: string | null) =>
    directory === null ? chosenStore(context) === null : directory === open;
  const items = choices.map((choice) =>
    isOpen(choice.directory) ? { ...choice, description: vscode.l10n.t('now') } : choice,
  );
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem | Choice>([...items, { label: other }], {
    title: vscode.l10n.t('Open Store'),
  });
  if (picked === undefined) return undefined;
  if ('directory' in picked) return picked.directory;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open Store'),
      openLabel: vscode.l10n.t('Open Store'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}

/** The store that a folder stands for, as `tract --store` takes it. @throws WindowError when it is not there. */
function existingStoreIn(folder: string): string {
  const directory = storeIn(folder);
  if (isFolder(directory)) return directory;
  throw new WindowError(vscode.l10n.t('There is no folder {0}. Nothing was changed.', folder));
}
