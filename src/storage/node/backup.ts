import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurableStorage } from '../durable.js';
import { StoreBackupError, StoreLockedError } from '../errors.js';
import { openFileLayer } from './file-layer.js';
import { NodeLock } from './node-lock.js';
import { openNodeStorage } from './open.js';
import type { NodeStorageOptions } from './open.js';

const STORE_FILE = /^(log|snapshot)-/;

/** Copies an open store into an empty or new folder. @throws StoreBackupError, StoreWriteError */
export async function backupStore(storage: DurableStorage, directory: string): Promise<void> {
  const target = await openFileLayer(directory, { make: true });
  try {
    await storage.backup(target);
  } finally {
    await target.close();
  }
}

/**
 * Puts the backup in folder `from` in the place of the store in `directory`, after checking it. The files that were there are kept
 * in a folder of their own beside it, whose path is returned; null when there were none.
 * @throws StoreBackupError when the backup is damaged or holds nothing, StoreLockedError while the store is open
 */
export async function restoreStore(from: string, options: NodeStorageOptions): Promise<string | null> {
  const { directory, application = 'Tract' } = options;
  const backup = await openNodeStorage({ ...options, directory: from, readOnly: true });
  try {
    const problems = [
      ...backup.notices.map((notice) => notice.message),
      ...(await backup.check()).map((p) => p.detail),
    ];
    if (problems.length > 0) {
      throw new StoreBackupError(`The backup is damaged: ${problems[0] ?? ''} Nothing was changed.`);
    }
    if (backup.tracts().length === 0 && [...backup.commitHashes()].length === 0) {
      throw new StoreBackupError('There is no store in that folder, or it is empty. Nothing was changed.');
    }
    await mkdir(directory, { recursive: true });
    const lock = new NodeLock(directory, application);
    if (!(await lock.tryTake())) throw new StoreLockedError(lock.owner);
    try {
      // The copy is whole on the disk before anything is moved: a full disk, or a crash, then leaves the store as it was.
      const incoming = join(directory, 'restoring');
      await rm(incoming, { recursive: true, force: true });
      const target = await openFileLayer(incoming, { make: true });
      await backup.backup(target);
      const names = (await target.list()).map(({ name }) => name);
      await target.close();
      const aside = await moveAside(directory);
      // Snapshots last: until the log is there they would name contents that are not.
      for (const name of names.sort()) await rename(join(incoming, name), join(directory, name));
      await rm(incoming, { recursive: true });
      const store = await openFileLayer(directory, { make: false });
      await store.syncDirectory();
      await store.close();
      return aside;
    } finally {
      await lock.release();
    }
  } finally {
    await backup.close();
  }
}

async function moveAside(directory: string): Promise<string | null> {
  const files = await openFileLayer(directory, { make: true });
  const names = (await files.list()).map(({ name }) => name).filter((name) => STORE_FILE.test(name));
  await files.close();
  if (names.length === 0) return null;
  const aside = join(directory, `replaced-${new Date().toISOString().replaceAll(/[:.]/g, '')}`);
  await mkdir(aside);
  for (const name of names.sort().reverse()) await rename(join(directory, name), join(aside, name));
  return aside;
}
