import { createHash } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { openDurableStorage } from '../durable.js';
import type { DurableStorage } from '../durable.js';
import { snapshotHere } from '../snapshots.js';
import { loadSqlJs } from '../sqljs/load.js';
import { openFileLayer } from './file-layer.js';
import { NodeMedium } from './node-medium.js';
import { snapshotInThread } from './snapshot-thread.js';

export interface NodeStorageOptions {
  /** The store's own folder; made when it is not there. */
  readonly directory: string;
  /** Never takes the lock and never writes. Default false: writes, or follows until it may. */
  readonly readOnly?: boolean;
  /** What other processes are told of this one: `VS Code`, `tract CLI`. */
  readonly application?: string;
  /** Bytes of `sql-wasm.wasm`; without them sql.js looks beside its own script. */
  readonly wasmBinary?: Uint8Array;
  /** The program of the snapshot thread. Default: `storage-worker.mjs` beside the bundle, if there is one; else no thread. */
  readonly snapshotWorker?: URL;
}

/**
 * Opens the store in a folder (SPEC §16). While another process writes it, this one follows and takes over when that one goes:
 * see `readOnlyReason` and `onDidChange`.
 * @throws StoreUnreadableError, StoreNewerError
 */
export async function openNodeStorage(options: NodeStorageOptions): Promise<DurableStorage> {
  const { directory, application = 'Tract' } = options;
  const medium = new NodeMedium(await openFileLayer(directory, { make: options.readOnly !== true }));
  const bundled = new URL('storage-worker.mjs', import.meta.url);
  const script = options.snapshotWorker ?? (existsSync(bundled) ? bundled : undefined);
  // Who only reads needs no lock, nor the code that judges whose it is.
  const lock = options.readOnly === true ? null : new (await import('./node-lock.js')).NodeLock(directory, application);
  return openDurableStorage({
    medium,
    sql: await loadSqlJs(options.wasmBinary),
    lock,
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    buildSnapshot:
      script === undefined
        ? snapshotHere(medium)
        : snapshotInThread(medium, script, { directory, wasmBinary: options.wasmBinary }),
    watch: (changed) => watchFolder(directory, changed),
  });
}

/** Where watching fails (network folders, limits) the poll alone has to do. */
function watchFolder(directory: string, changed: () => void): () => void {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', () => {
      watcher.close();
    });
    return () => {
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
