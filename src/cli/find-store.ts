import { dirname, join, resolve } from 'node:path';
import { isFolder, STORE_FOLDER, storeIn } from '../node/store-folder.js';
import { StoreNotFoundError } from './errors.js';

/** Where a store may be named. */
export interface StoreHints {
  /** `--store DIR` */
  readonly option?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * The folder of the store (Annex B.13): `--store`, then `TRACT_STORE`, then `.tract/` in this folder or the nearest one above.
 * @throws StoreNotFoundError
 */
export function findStore(hints: StoreHints): string {
  const named = namedStore(hints);
  if (named !== undefined) {
    if (isFolder(named)) return named;
    throw new StoreNotFoundError(`There is no Tract store in ${named}. Run 'tract init' to make one there.`);
  }
  for (let folder = resolve(hints.cwd); ; folder = dirname(folder)) {
    const store = join(folder, STORE_FOLDER);
    if (isFolder(store)) return store;
    if (dirname(folder) === folder) break;
  }
  throw new StoreNotFoundError(
    `No Tract store here or in any folder above (no ${STORE_FOLDER}/). Run 'tract init', or name one with --store DIR or TRACT_STORE.`,
  );
}

/** The store that was named, whether or not it is there; a folder that holds `.tract/` stands for that. */
export function namedStore({ option, env, cwd }: StoreHints): string | undefined {
  const named = option ?? (env['TRACT_STORE'] === '' ? undefined : env['TRACT_STORE']);
  return named === undefined ? undefined : storeIn(resolve(cwd, named));
}
