import type * as vscode from 'vscode';
import { expandFolder, readCandidates } from '../../budget/workspace-files.js';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import { workspaceFiles } from '../workspace-files/file-access.js';
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
  readonly counter: Pick<BackgroundCounter, 'countMany'>;
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
  const { access, rules } = workspaceFiles(workspaceFolder);
  const { paths, refused, truncated } = await expandFolder(access, rules, folder, { limit: MAX_FILES, signal });
  const counted: CountedFile[] = [];
  let leftOut = refused.length;
  for (let done = 0; done < paths.length; done += FILES_AT_ONCE) {
    report(done, paths.length);
    const read = await readCandidates(access, rules, paths.slice(done, done + FILES_AT_ONCE), { signal });
    leftOut += read.refused.length;
    const counts = await counter.countMany(
      read.files.map(({ content }) => content),
      { encoding, signal },
    );
    read.files.forEach(({ path }, index) => counted.push({ path, tokens: counts[index] ?? 0 }));
  }
  return { files: counted, leftOut, truncated };
}
