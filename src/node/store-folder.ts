import { statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What `tract init` makes in a folder. */
export const STORE_FOLDER = '.tract';

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The store that a folder stands for: its `.tract/` when it holds one, else itself, whether or not it is there (Annex B.13). */
export function storeIn(folder: string): string {
  const below = join(folder, STORE_FOLDER);
  return basename(folder) !== STORE_FOLDER && isFolder(below) ? below : folder;
}
