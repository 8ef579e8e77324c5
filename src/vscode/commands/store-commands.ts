import * as vscode from 'vscode';
import { shortHash } from '../../shared/format.js';
import { commitLabel, counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { commitTarget, tractIdOf, tractTarget } from './arguments.js';
import type { CommandTable } from './command.js';
import { offerUndo } from './undo-toast.js';

/** Metadata of a summary: the tract that it sums up. */
const COLLAPSED = 'collapsed_tract';

/** The store as a whole: search, garbage collection, export and import, sessions (SPEC §8, §9.6–§9.8). */
export function storeCommands(window: TractWindow): CommandTable {
  return {
    search: (query) => search(window, query),
    gc: (options) => collectGarbage(window, options),
    exportTract: (argument, file) => exportTract(window, argument, file),
    importTract: (file) => importFile(window, file, 'tract'),
    importPython: (file) => importFile(window, file, 'python'),
    spawn: (argument, purpose) => spawn(window, argument, purpose),
    collapse: (argument, text) => collapse(window, argument, text),
    openSubSession: (argument) => openSubSession(window, argument),
  };
}

async function search(window: TractWindow, given: unknown): Promise<string | undefined> {
  const query =
    typeof given === 'string'
      ? given
      : await vscode.window.showInputBox({
          title: vscode.l10n.t('Search'),
          prompt: vscode.l10n.t('Part of a text or commit message, on any branch or tag'),
        });
  if (query === undefined || query === '') return undefined;
  const store = await window.store.open();
  const tract = await window.store.requireActive();
  const hits = await tract.search(query);
  const items = hits.map(({ commitHash, excerpt }) => {
    const commit = store.storage.commit(commitHash);
    return {
      label: commit ? commitLabel(commit) : shortHash(commitHash),
      description: shortHash(commitHash),
      detail: excerpt.replace(/\s+/g, ' '),
      commitHash,
    };
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Nothing found for '{0}'.", query));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("{0} for '{1}'", counted(items.length, 'commit', 'commits'), query),
    matchOnDetail: true,
    matchOnDescription: true,
  });
  if (chosen)
    await vscode.commands.executeCommand('tract.openCommit', { tractId: tract.tractId, commitHash: chosen.commitHash });
  return chosen?.commitHash;
}

/** Lists first, with sizes; removes what the person saw. */
async function collectGarbage(window: TractWindow, options: unknown): Promise<number | undefined> {
  const store = await window.store.open();
  const tract = await window.store.requireActive();
  const days = numberOf(options) ?? (await askDays());
  if (days === undefined) return undefined;
  const { removed } = await tract.gc({ dryRun: true, olderThanDays: days });
  if (removed.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nothing to collect: every commit is still reachable, or younger than {0}.',
        counted(days, 'day', 'days'),
      ),
    );
    return 0;
  }
  const bytes = removed.reduce((sum, { bytes: size }) => sum + size, 0);
  const items = removed.map(({ commitHash, bytes: size }) => {
    const commit = store.storage.commit(commitHash);
    return { label: commit ? commitLabel(commit) : '', description: `${shortHash(commitHash)} · ${size} B` };
  });
  const seen = await vscode.window.showQuickPick(
    [
      {
        label: `$(trash) ${vscode.l10n.t('Remove these {0}…', counted(removed.length, 'commit', 'commits'))}`,
        description: `${(bytes / 1024).toFixed(1)} KB`,
      },
      ...items,
    ],
    { title: vscode.l10n.t('Garbage Collect: what would go'), ignoreFocusOut: true },
  );
  if (!seen) return undefined;
  const remove = vscode.l10n.t('Remove for Good');
  const detail = vscode.l10n.t(
    '{0} ({1} KB) that nothing reaches any more. This cannot be undone.',
    counted(removed.length, 'commit', 'commits'),
    (bytes / 1024).toFixed(1),
  );
  if (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Remove these commits?'),
      { modal: true, detail },
      remove,
    )) !== remove
  )
    return undefined;
  const done = await tract.gc({ olderThanDays: days });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Removed {0}.', counted(done.removed.length, 'commit', 'commits')),
  );
  return done.removed.length;
}

function numberOf(options: unknown): number | undefined {
  return typeof options === 'object' &&
    options !== null &&
    'olderThanDays' in options &&
    typeof options.olderThanDays === 'number'
    ? options.olderThanDays
    : undefined;
}

async function askDays(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Garbage Collect'),
    prompt: vscode.l10n.t('Commits that nothing has reached for how many days? Undo reaches back as far.'),
    value: '30',
    validateInput: (value) => (/^\d{1,5}$/.test(value.trim()) ? undefined : vscode.l10n.t('A whole number of days')),
  });
  return text === undefined ? undefined : Number(text.trim());
}

async function exportTract(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const tract = await tractTarget(window, argument);
  const { storage } = await window.store.open();
  const name = (storage.tract(tract.tractId)?.name ?? 'tract').replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file =
    typeof given === 'string'
      ? given
      : (
          await vscode.window.showSaveDialog({
            title: vscode.l10n.t('Export Tract'),
            filters: { Tract: ['tract'] },
            ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name}.tract`) } : {}),
          })
        )?.fsPath;
  if (file === undefined) return undefined;
  await tract.exportTo(file);
  void vscode.window.showInformationMessage(vscode.l10n.t('Exported the whole tract to {0}.', file));
  return file;
}

async function importFile(
  window: TractWindow,
  given: unknown,
  format: 'tract' | 'python',
): Promise<string | undefined> {
  const filters = format === 'tract' ? { Tract: ['tract'] } : { SQLite: ['db', 'sqlite', 'sqlite3'] };
  const title = format === 'tract' ? vscode.l10n.t('Import Tract') : vscode.l10n.t('Import Python Tract Database');
  const file =
    typeof given === 'string'
      ? given
      : (
          await vscode.window.showOpenDialog({ title, filters: { ...filters, [vscode.l10n.t('All files')]: ['*'] } })
        )?.[0]?.fsPath;
  if (file === undefined) return undefined;
  const store = await window.store.open();
  const { importTract } = await import('../../library.js');
  const tract = format === 'tract' ? await store.importTract(file) : await importTract(file, { store });
  await window.store.activate(tract.tractId);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Imported {0}.', store.storage.tract(tract.tractId)?.name ?? tract.tractId),
  );
  return tract.tractId;
}

async function spawn(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const parent = await tractTarget(window, argument);
  const at =
    argument === undefined ? undefined : await commitTarget(window, argument, { title: vscode.l10n.t('Spawn from') });
  const purpose =
    typeof given === 'string'
      ? given
      : await vscode.window.showInputBox({
          title: vscode.l10n.t('Spawn a Sub-Session'),
          prompt: vscode.l10n.t('What is it for?'),
          ignoreFocusOut: true,
        });
  if (purpose === undefined || purpose === '') return undefined;
  const child = await parent.spawn({
    purpose,
    name: purpose,
    ...(at === undefined ? {} : { at: at.commit.commitHash }),
  });
  await window.store.activate(child.tractId);
  return child.tractId;
}

/** From the summary that a sub-session left in its parent to the sub-session itself (SPEC §9.7). */
async function openSubSession(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Open Sub-Session'),
    accept: ({ metadata }) => metadata?.[COLLAPSED] !== undefined,
  });
  const child = target?.commit.metadata?.[COLLAPSED];
  if (typeof child !== 'string') return undefined;
  await window.store.tract(child);
  await window.store.activate(child);
  return child;
}

/** Puts a summary of a sub-session into its parent. */
async function collapse(window: TractWindow, argument: unknown, given: unknown): Promise<string | undefined> {
  const { storage } = await window.store.open();
  const childId = tractIdOf(argument) ?? window.store.activeId ?? '';
  const parentId = storage.tract(childId)?.spawn?.tractId;
  if (parentId === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This tract was not spawned from another one.'));
    return undefined;
  }
  const child = await window.store.tract(childId);
  const text =
    typeof given === 'string'
      ? given
      : await window.askedTexts.ask({
          message: vscode.l10n.t('Write what the parent shall know of this sub-session.'),
          initial: (await child.compile()).toMarkdown(),
          approve: vscode.l10n.t('Collapse'),
        });
  if (text === undefined) return undefined;
  const parent = await window.store.tract(parentId);
  const commit = await parent.collapse(childId, { text });
  await window.store.activate(parentId);
  offerUndo(window, parentId, vscode.l10n.t('Collapsed into {0}.', shortHash(commit.commitHash)));
  return commit.commitHash;
}
