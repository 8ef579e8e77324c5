import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  createIgnoreRules,
  expandFolder,
  readCandidates,
  selectFilesForContext,
  type BudgetSelection,
  type CandidateFile,
  type Refusal,
} from '../../budget/index.js';
import { nodeWorkspaceFiles } from '../../budget/node/workspace-file-access.js';

/** What the person asked for. Paths are relative to the workspace folder, with `/`. */
export interface FileRequest {
  readonly root: vscode.Uri;
  /** Files and folders to choose from. */
  readonly from: readonly string[];
  readonly query: string;
  readonly deliverables: readonly string[];
  readonly modifiable: readonly string[];
  readonly budgetTokens: number;
}

export interface FilePlan {
  readonly selection: BudgetSelection;
  readonly files: ReadonlyMap<string, CandidateFile>;
  readonly refused: readonly Refusal[];
}

/** Reads the candidates, never ignored, secret, binary or outside ones, and chooses among them by words (SPEC §12). */
export async function planFiles(request: FileRequest, signal: AbortSignal): Promise<FilePlan> {
  const root = request.root.fsPath;
  const access = nodeWorkspaceFiles(root);
  const excluded = vscode.workspace.getConfiguration('files', request.root).get<Record<string, unknown>>('exclude', {});
  const rules = createIgnoreRules(
    (folder) => readFile(join(root, folder, '.gitignore'), 'utf8').catch(() => null),
    Object.keys(excluded).filter((glob) => excluded[glob] === true),
  );
  const paths: string[] = [...request.deliverables, ...request.modifiable];
  const refused: Refusal[] = [];
  for (const path of request.from) {
    const isFolder = path === '' || (await access.stat(path).catch(() => null))?.kind === 'folder';
    if (!isFolder) {
      paths.push(path);
      continue;
    }
    const folder = await expandFolder(access, rules, path, { signal });
    paths.push(...folder.paths);
    refused.push(...folder.refused);
  }
  const read = await readCandidates(access, rules, paths, signal);
  const selection = await selectFilesForContext({
    files: read.files,
    scope: Object.fromEntries(request.modifiable.map((path) => [path, { category: 'modifiable' }])),
    deliverables: request.deliverables,
    query: request.query,
    budgetTokens: request.budgetTokens,
    signal,
  });
  signal.throwIfAborted();
  const files = new Map(read.files.map((file) => [file.path, file]));
  return { selection, files, refused: [...refused, ...read.refused] };
}
