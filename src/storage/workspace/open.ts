import type { SqlJsStatic } from 'sql.js';
import { openDurableStorage } from '../durable.js';
import type { DurableStorage } from '../durable.js';
import { snapshotHere } from '../snapshots.js';
import { SegmentMedium } from './segment-medium.js';
import type { WorkspaceFiles } from './workspace-files.js';
import { WorkspaceLock } from './workspace-lock.js';
import type { LockManager } from './workspace-lock.js';

export interface WorkspaceStorageOptions {
  readonly files: WorkspaceFiles;
  readonly sql: SqlJsStatic;
  readonly sha256: (text: string) => string;
  /** 8 random hex digits. */
  readonly nonce: string;
  readonly application: string;
  readonly readOnly?: boolean;
  readonly locks?: { readonly manager: LockManager; readonly name: string };
  /** Milliseconds that only grow. Default `performance.now`. */
  readonly now?: () => number;
}

/** Opens the store in a folder of a host that only has whole-file calls (Annex B.14). @throws StoreUnreadableError, StoreNewerError */
export function openWorkspaceStorage(options: WorkspaceStorageOptions): Promise<DurableStorage> {
  const { files, nonce, application, sql, sha256, locks = null, now } = options;
  const lock = new WorkspaceLock(files, nonce, application, locks, now);
  const medium = new SegmentMedium(files, lock);
  return openDurableStorage({
    medium,
    sql,
    lock: options.readOnly === true ? null : lock,
    sha256,
    buildSnapshot: snapshotHere(medium),
    watch: () => () => undefined,
  });
}
