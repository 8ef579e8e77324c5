import type { Storage } from '../../core/ports/storage.js';
import type { DurableStorage } from '../../storage/durable.js';

/** What a store in files can do beyond the port: sizes, backups. Undefined for one in memory. */
export function durableStorage(storage: Storage): DurableStorage | undefined {
  // Told by what it can do: the class itself is loaded with the store, not with the extension.
  return 'sizes' in storage && 'backup' in storage ? (storage as DurableStorage) : undefined;
}
