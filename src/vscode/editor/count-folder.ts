import { posix } from 'node:path';
import * as vscode from 'vscode';
import { createIgnoreRules, type IgnoreRules } from '../../budget/ignore-rules.js';
import { nodeWorkspaceFiles } from '../../budget/node/workspace-file-access.js';
import {
  expandFolder,
  readCandidates,
  type FolderEntry,
  type WorkspaceFileAccess,
} from '../../budget/workspace-files.js';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import type { CountedFile } from './folder-tokens.js';

/** More files than a person would send anywhere. */
const MAX_FILES = 20_000;
/** Files read and counted between two reports of progress. */
const FILES_AT_ONCE = 50;

export interface FolderCount {
  readonly files: readonly CountedFile[];
  /** Files and folders left out: ignored, secret, binary, too large. */
  readonly leftOut: number;
  /** There are more files than are counted. */
  readonly truncated: boolean;
}

export interface FolderCountOptions {
  readonly counter: BackgroundCounter;
  readonly encoding: string;
  readonly signal: AbortSignal;
  readonly report: (done: number, of: number) => void;
}

/**
 * Exact tokens of every text file below a folder, without what `.gitignore` and `files.exclude` leave out (SPEC §12, §15).
 * @param folder relative to the workspace folder, with `/`
 * @throws the signal's reason
 */
export async function countFolder(
  workspaceFolder: vscode.Uri,
  folder: string,
  { counter, encoding, signal, report }: FolderCountOptions,
): Promise<FolderCount> {
  const access =
    workspaceFolder.scheme === 'file' ? nodeWorkspaceFiles(workspaceFolder.fsPath) : hostFiles(workspaceFolder);
  const rules = ignoreRules(access, workspaceFolder);
  const { paths, refused, truncated } = await expandFolder(access, rules, folder, { limit: MAX_FILES, signal });
  const counted: CountedFile[] = [];
  let leftOut = refused.length;
  for (let done = 0; done < paths.length; done += FILES_AT_ONCE) {
    report(done, paths.length);
    const read = await readCandidates(access, rules, paths.slice(done, done + FILES_AT_ONCE), signal);
    leftOut += read.refused.length;
    const counts = await counter.countMany(
      read.files.map(({ content }) => content),
      { encoding, signal },
    );
    read.files.forEach(({ path }, index) => counted.push({ path, tokens: counts[index] ?? 0 }));
  }
  return { files: counted, leftOut, truncated };
}

function ignoreRules(access: WorkspaceFileAccess, workspaceFolder: vscode.Uri): IgnoreRules {
  const excluded =
    vscode.workspace.getConfiguration('files', workspaceFolder).get<Record<string, unknown>>('exclude') ?? {};
  const globs = Object.keys(excluded).filter((glob) => excluded[glob] === true);
  const readGitignore = async (folder: string): Promise<string | null> => {
    try {
      return new TextDecoder().decode(await access.read(posix.join(folder, '.gitignore'), 1024 * 1024));
    } catch {
      return null;
    }
  };
  return createIgnoreRules(readGitignore, globs);
}

const KINDS: Readonly<Record<number, FolderEntry['kind']>> = {
  [vscode.FileType.File]: 'file',
  [vscode.FileType.Directory]: 'folder',
};

/** Files of a virtual workspace. Its links are refused: where they lead cannot be asked. */
function hostFiles(root: vscode.Uri): WorkspaceFileAccess {
  const uri = (path: string): vscode.Uri => vscode.Uri.joinPath(root, path);
  const kind = (type: vscode.FileType): FolderEntry['kind'] =>
    (type & vscode.FileType.SymbolicLink) !== 0 ? 'link' : (KINDS[type] ?? 'other');
  const { fs } = vscode.workspace;
  return {
    list: async (folder) => (await fs.readDirectory(uri(folder))).map(([name, type]) => ({ name, kind: kind(type) })),
    stat: async (path) => {
      const { type, size } = await fs.stat(uri(path));
      return { kind: kind(type), size };
    },
    realpath: async (path) => (((await fs.stat(uri(path))).type & vscode.FileType.SymbolicLink) !== 0 ? null : path),
    read: async (path, limit) => (await fs.readFile(uri(path))).subarray(0, limit),
  };
}
