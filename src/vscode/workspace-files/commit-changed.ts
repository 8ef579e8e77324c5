import * as vscode from 'vscode';
import { counted } from '../commit-look.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { rootOf } from './changed-files.js';
import { stageFiles } from './commit-files.js';
import { committedFiles } from './committed-files.js';
import { workspaceFiles } from './file-access.js';

/**
 * `Tract: Commit Changed Files`: every file of the context that is different on the disk now becomes an edit of its commit; a summary
 * gives way to the files it stood for. One undo takes it back. Returns the paths.
 */
export async function commitChangedFiles(window: TractWindow): Promise<readonly string[]> {
  const store = await window.store.open();
  const tract = await window.store.requireActive();
  const inContext = await committedFiles(store, tract.head);
  const done: string[] = [];
  await tract.batch(async (batch) => {
    for (const folder of new Set(inContext.map((file) => file.folder))) {
      const root = rootOf(folder);
      if (!root) continue;
      const files = inContext.filter((file) => file.folder === folder && file.contentHash !== null);
      const read = await workspaceFiles(root).read(files.map(({ path }) => path));
      const now = new Map(read.files.map((file) => [file.path, file]));
      const stale = new Set(
        files
          .filter(({ path, contentHash }) => (now.get(path)?.contentHash ?? contentHash) !== contentHash)
          .map(({ commitHash }) => commitHash),
      );
      const toCommit = files
        .filter(({ commitHash }) => stale.has(commitHash))
        .flatMap(({ path }) => now.get(path) ?? [])
        .map((file) => ({ ...file, summaryOf: null }));
      const { added, changed } = await stageFiles(batch, inContext, folder, toCommit);
      done.push(...changed, ...added);
    }
  });
  if (done.length === 0) throw new WindowError(vscode.l10n.t('No file in the context changed since it was committed.'));
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('Committed {0} as edits.', counted(done.length, 'file', 'files'))}`,
    5000,
  );
  return done;
}
