import type * as vscode from 'vscode';
import {
  expandFolder,
  MAX_FILES_PER_FOLDER,
  MAX_FILES_PER_WORKSPACE,
  type CandidateFile,
  type Refusal,
} from '../../budget/workspace-files.js';
import { workspaceFiles } from './file-access.js';

/** Where to choose files from. Paths are relative to the workspace folder, with `/`. */
export interface FileScope {
  readonly root: vscode.Uri;
  /** Files and folders; none: the whole workspace folder. */
  readonly from: readonly string[];
  /** Files that are candidates wherever they lie. */
  readonly also: readonly string[];
}

export interface Candidates {
  readonly files: readonly CandidateFile[];
  readonly refused: readonly Refusal[];
  /** Folders of which only the first files were taken, with how many. */
  readonly truncated: readonly { readonly folder: string; readonly limit: number }[];
}

/**
 * Reads what can be chosen from: never ignored, secret, binary, too large or outside files (SPEC §12). A folder that was named gives
 * at most 200 files, the whole workspace 10,000.
 * @throws the signal's reason
 */
export async function gatherCandidates({ root, from, also }: FileScope, signal: AbortSignal): Promise<Candidates> {
  const workspace = workspaceFiles(root);
  const { access, rules } = workspace;
  const paths: string[] = [...also];
  const refused: Refusal[] = [];
  const truncated: { folder: string; limit: number }[] = [];
  for (const path of from.length === 0 ? [''] : from) {
    const isFolder = path === '' || (await access.stat(path).catch(() => null))?.kind === 'folder';
    if (!isFolder) {
      paths.push(path);
      continue;
    }
    const limit = path === '' ? MAX_FILES_PER_WORKSPACE : MAX_FILES_PER_FOLDER;
    const folder = await expandFolder(access, rules, path, { limit, signal });
    paths.push(...folder.paths);
    refused.push(...folder.refused);
    if (folder.truncated) truncated.push({ folder: path, limit });
  }
  const { files, refused: unread } = await workspace.read(paths, signal);
  return { files, refused: [...refused, ...unread], truncated };
}
