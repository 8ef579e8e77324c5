import { commitOf } from '../../core/graph/ancestry.js';
import { visibleSlots, type Slot } from '../../core/compile/snapshot.js';
import type { StoredCommit } from '../../core/model/commit.js';
import type { JsonValue } from '../../core/model/json.js';
import { editsOf } from '../../core/operations/edit-history.js';
import type { Store } from '../../core/store.js';

/** A workspace file that stands in the context. */
export interface CommittedFile {
  /** The name of its workspace folder; null in a window with one folder. */
  readonly folder: string | null;
  readonly path: string;
  /** The commit that brought it; later versions are edits of that one. */
  readonly commitHash: string;
  /** SHA-256 of the file as it stands in the context; null when a person edited it there. */
  readonly contentHash: string | null;
  /** A summary stands for it. */
  readonly summarised: boolean;
  /** The commit is named after this file; a summary of several files is named after its first. */
  readonly leads: boolean;
}

/** The files in the context of `head`, in its order; those that were skipped or compressed are not in it. O(messages). */
export async function committedFiles(store: Store, head: string | null): Promise<readonly CommittedFile[]> {
  if (head === null) return [];
  const snapshot = await store.env.compiler.snapshot(store.storage, head);
  const commit = commitOf(store.storage, head);
  return visibleSlots(snapshot)
    .filter(({ contentType }) => contentType === 'artifact')
    .flatMap((slot) => filesOf(store, slot, commit));
}

function filesOf(store: Store, slot: Slot, head: StoredCommit): CommittedFile[] {
  const original = commitOf(store.storage, slot.commitHash);
  const version = slot.edited ? (editsOf(store.storage, original, head).at(-1) ?? original) : original;
  const path = original.metadata?.['path'];
  if (typeof path !== 'string') return [];
  const folder = text(original.metadata?.['folder']);
  const base = { folder, commitHash: slot.commitHash };
  const sources = sourcesOf(version.metadata?.['summary_of']);
  if (sources.length > 0)
    return sources.map((source) => ({ ...base, ...source, summarised: true, leads: source.path === path }));
  // A commit by other ways (a person's, an import's) may have a path and no hash: it is not followed.
  if (typeof original.metadata?.['content_hash'] !== 'string' && original.metadata?.['summary_of'] === undefined)
    return [];
  return [{ ...base, path, contentHash: text(version.metadata?.['content_hash']), summarised: false, leads: true }];
}

function sourcesOf(value: JsonValue | undefined): { path: string; contentHash: string | null }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((source) => {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) return [];
    const { path, content_hash: hash } = source as { readonly path?: JsonValue; readonly content_hash?: JsonValue };
    return typeof path === 'string' ? [{ path, contentHash: text(hash) }] : [];
  });
}

const text = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null);
