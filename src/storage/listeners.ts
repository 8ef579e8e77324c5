import type { Change, StoreChange } from '../core/ports/storage.js';
import type { PlacedChange } from './journal/place.js';

/** The listeners of one store. One that throws does not stop the others, nor the write that is being told. */
export class ChangeListeners {
  private readonly listeners = new Set<(change: StoreChange) => void>();

  add(listener: (change: StoreChange) => void): () => void {
    // Wrapped, so that one function added twice is called twice and each stop ends one of them.
    const entry = (change: StoreChange): void => {
      listener(change);
    };
    this.listeners.add(entry);
    return () => {
      this.listeners.delete(entry);
    };
  }

  tell(change: StoreChange): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(change);
      } catch (error) {
        // Surfaces as an uncaught error of the listener's own making, never as a failed write.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.listeners.clear();
  }
}

/** The tracts that a batch touches; `tractOfRecord` resolves the ids that only a record knows. */
export function tractsTouched(
  changes: readonly (Change | PlacedChange)[],
  tractOfRecord: (recordId: string) => string | undefined,
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const change of changes) {
    switch (change.kind) {
      case 'ref':
      case 'trimRefLog':
        touched.add(change.tractId);
        break;
      case 'refLog':
        touched.add(change.entry.tractId);
        break;
      case 'tract':
        touched.add(change.tract.tractId);
        break;
      case 'record':
        touched.add(change.record.tractId);
        break;
      case 'recordUpdate': {
        const tractId = tractOfRecord(change.id);
        if (tractId !== undefined) touched.add(tractId);
        break;
      }
      case 'op':
        touched.add(change.op.tractId);
        break;
      case 'content':
      case 'moved':
      case 'commit':
      case 'usage':
      case 'metrics':
      case 'removeCommits':
      case 'removeContents':
      case 'unreachable':
        break;
    }
  }
  return touched;
}
