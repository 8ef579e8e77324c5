import type { StoreOwner } from './errors.js';

/** The right to write a store: at most one process has it (SPEC §16). */
export interface StoreLock {
  /** Takes the lock when nobody has it, or its owner is gone. Never waits. */
  tryTake(): Promise<boolean>;
  /** Who had it at the last {@link tryTake}; null when that is not known, or it is ours. */
  readonly owner: StoreOwner | null;
  release(): Promise<void>;
}
