import * as vscode from 'vscode';
import { normalisePath } from '../../budget/workspace-files.js';
import { WindowError } from '../errors.js';
import type { FileRequest } from './open-plan.js';

/** What a program or a tool may say instead of a person; everything is optional. */
export interface GivenRequest {
  readonly query?: unknown;
  /** Files and folders to choose from; none: the whole workspace folder. */
  readonly from?: unknown;
  readonly deliverables?: unknown;
  readonly modifiable?: unknown;
  readonly budgetTokens?: unknown;
}

/** A request for the first workspace folder, from what a program says. @throws WindowError without a folder */
export function givenRequest(given: GivenRequest, budgetTokens: number): FileRequest {
  return {
    ...place(vscode.workspace.workspaceFolders?.[0]),
    from: paths(given.from),
    query: typeof given.query === 'string' ? given.query : '',
    deliverables: paths(given.deliverables),
    modifiable: paths(given.modifiable),
    budgetTokens: typeof given.budgetTokens === 'number' ? given.budgetTokens : budgetTokens,
  };
}

/**
 * A request from what is selected in the Explorer: files must be in, folders are chosen from. Undefined when the person left.
 * @throws WindowError without a folder, or when nothing selected lies in one
 */
export async function selectedRequest(
  resources: readonly vscode.Uri[],
  budgetTokens: number,
): Promise<FileRequest | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first] = resources;
  const folder = first
    ? vscode.workspace.getWorkspaceFolder(first)
    : folders.length > 1
      ? await vscode.window.showWorkspaceFolderPick()
      : folders[0];
  if (folder === undefined && first === undefined && folders.length > 1) return undefined;
  const { root, folder: name } = place(folder);
  const [files, chosen]: [string[], string[]] = [[], []];
  for (const uri of resources) {
    if (vscode.workspace.getWorkspaceFolder(uri) !== folder) continue;
    const path = uri.path.slice(root.path.length).replace(/^\//, '');
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) === 0) files.push(path);
    else if (path !== '') chosen.push(path);
  }
  // Only files: nothing else is a candidate.
  const from = chosen.length > 0 || files.length === 0 ? chosen : files;
  return { root, folder: name, from, query: '', deliverables: files, modifiable: [], budgetTokens };
}

function place(folder: vscode.WorkspaceFolder | undefined): Pick<FileRequest, 'root' | 'folder'> {
  if (!folder) throw new WindowError(vscode.l10n.t('Open a folder first: the files of a workspace can be added.'));
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  return { root: folder.uri, folder: several ? folder.name : null };
}

/** Paths as the plan names them; what could mean anything outside stays as it is, and is refused when it is read. */
function paths(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((path): path is string => typeof path === 'string').map((path) => normalisePath(path) ?? path);
}
