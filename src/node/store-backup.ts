import type { Store } from '../core/store.js';
import { DurableStorage } from '../storage/durable.js';
import { StoreBackupError } from '../storage/errors.js';
import { backupStore, restoreStore as restoreNodeStore } from '../storage/node/backup.js';
import { wasmBinary } from './wasm-binary.js';

/** Copies an open store into an empty or new folder; writing goes on meanwhile (SPEC §16). @throws StoreBackupError, StoreWriteError */
export async function backUpStore(store: Store, directory: string): Promise<void> {
  if (!(store.storage instanceof DurableStorage)) {
    throw new StoreBackupError('This store lies in memory: there are no files to copy. Export its tracts instead.');
  }
  await backupStore(store.storage, directory);
}

/**
 * Puts the backup in folder `from` in the place of the store in `directory`, which nobody has open, after checking it. Returns the
 * folder in which the replaced store is kept, which `restoreStore` takes too; null when there was none.
 * @throws StoreBackupError, StoreLockedError, StoreWriteError; the store is as it was then
 */
export async function restoreStore(
  from: string,
  { directory, application = 'Tract library' }: { readonly directory: string; readonly application?: string },
): Promise<string | null> {
  const wasm = await wasmBinary();
  return restoreNodeStore(from, { directory, application, ...(wasm ? { wasmBinary: wasm } : {}) });
}
