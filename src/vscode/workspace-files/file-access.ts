import { posix } from 'node:path';
import * as vscode from 'vscode';
import { createIgnoreRules, type IgnoreRules } from '../../budget/ignore-rules.js';
import { nodeWorkspaceFiles } from '../../budget/node/workspace-file-access.js';
import {
  readCandidates,
  type CandidateFile,
  type FolderEntry,
  type Refusal,
  type WorkspaceFileAccess,
} from '../../budget/workspace-files.js';
import { nodeHasher } from '../../node/hasher.js';

const LONGEST_GITIGNORE = 1024 * 1024;

/** The files of a workspace folder, with the rules that leave some out. All readers of workspace files go through this. */
export interface WorkspaceFiles {
  readonly access: WorkspaceFileAccess;
  readonly rules: IgnoreRules;
  /** The texts of files that may be read, and why others may not. @throws the signal's reason */
  read(
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ readonly files: readonly CandidateFile[]; readonly refused: readonly Refusal[] }>;
}

/**
 * A folder on this machine is read from the disk, which knows where links lead; any other (virtual workspaces) through
 * `vscode.workspace.fs`. Left out: `.gitignore`, `files.exclude`, and what the search leaves out (`search.exclude`).
 */
export function workspaceFiles(root: vscode.Uri): WorkspaceFiles {
  const access = root.scheme === 'file' ? nodeWorkspaceFiles(root.fsPath) : codeWorkspaceFiles(root);
  const readGitignore = async (folder: string): Promise<string | null> => {
    try {
      return new TextDecoder().decode(await access.read(posix.join(folder, '.gitignore'), LONGEST_GITIGNORE));
    } catch {
      return null;
    }
  };
  const rules = createIgnoreRules(readGitignore, [...globs(root, 'files'), ...globs(root, 'search')]);
  const sha256 = (text: string) => nodeHasher.sha256(text);
  return {
    access,
    rules,
    read: (paths, signal) => readCandidates(access, rules, paths, { sha256, ...(signal && { signal }) }),
  };
}

function globs(root: vscode.Uri, section: 'files' | 'search'): string[] {
  const excluded = vscode.workspace.getConfiguration(section, root).get<Record<string, unknown>>('exclude') ?? {};
  return Object.keys(excluded).filter((glob) => excluded[glob] === true);
}

const KINDS: Readonly<Record<number, FolderEntry['kind']>> = {
  [vscode.FileType.File]: 'file',
  [vscode.FileType.Directory]: 'folder',
};

/** Files of a virtual workspace. What a link is on the way to is refused: where it leads cannot be asked. */
export function codeWorkspaceFiles(root: vscode.Uri): WorkspaceFileAccess {
  const { fs } = vscode.workspace;
  const uri = (path: string): vscode.Uri => vscode.Uri.joinPath(root, path);
  const isLink = (type: vscode.FileType) => (type & vscode.FileType.SymbolicLink) !== 0;
  const kind = (type: vscode.FileType): FolderEntry['kind'] => (isLink(type) ? 'link' : (KINDS[type] ?? 'other'));
  const folders = new Map<string, Promise<boolean>>();
  const hasLink = (path: string): Promise<boolean> => {
    if (path === '' || path === '.') return Promise.resolve(false);
    const known = folders.get(path);
    if (known) return known;
    const answer = fs.stat(uri(path)).then(async ({ type }) => isLink(type) || (await hasLink(posix.dirname(path))));
    const asked = Promise.resolve(answer);
    folders.set(path, asked);
    return asked;
  };
  return {
    list: async (folder) => (await fs.readDirectory(uri(folder))).map(([name, type]) => ({ name, kind: kind(type) })),
    stat: async (path) => {
      const { type, size } = await fs.stat(uri(path));
      return { kind: kind(type), size };
    },
    realpath: async (path) => ((await hasLink(path)) ? null : path),
    read: async (path, limit) => (await fs.readFile(uri(path))).subarray(0, limit),
  };
}
