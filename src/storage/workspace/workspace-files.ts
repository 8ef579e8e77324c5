/**
 * The part of an asynchronous file system such as `vscode.workspace.fs` that a store needs, bound to the store's own folder
 * (Annex B.14). Names are plain. Errors of a missing file have the code `FileNotFound` or `ENOENT`; of an existing target of
 * `rename`, `FileExists` or `EEXIST`.
 */
export interface WorkspaceFiles {
  /** Files only, with their sizes; an empty list when the folder is not there yet. */
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
  readFile(name: string): Promise<Uint8Array>;
  /** Makes the folder when needed; replaces what is there. */
  writeFile(name: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string, options: { readonly overwrite: boolean }): Promise<void>;
  delete(name: string): Promise<void>;
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, ['FileNotFound', 'ENOENT', 'EntryNotFound']);
}

export function isThere(error: unknown): boolean {
  return hasCode(error, ['FileExists', 'EEXIST', 'EntryExists']);
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
