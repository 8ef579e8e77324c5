import type { Store } from '../../core/store.js';

/** A workspace file that is in the context already. */
export interface CommittedFile {
  /** The commit that brought it; later versions are edits of that one. */
  readonly commitHash: string;
  /** SHA-256 hex of the file's text as it was committed last. */
  readonly contentHash: string;
}

/** How far back files are looked for. */
const COMMITS = 10_000;

/** The files on the line of `head`, by path: the newest version of each that was committed with its hash. O(commits). */
export function committedFiles({ storage }: Store, head: string | null): ReadonlyMap<string, CommittedFile> {
  const files = new Map<string, CommittedFile>();
  if (head === null) return files;
  for (const { commitHash, editTarget, metadata } of storage.line(head, COMMITS)) {
    const path = metadata?.['path'];
    const contentHash = metadata?.['content_hash'];
    if (typeof path !== 'string' || typeof contentHash !== 'string' || files.has(path)) continue;
    files.set(path, { commitHash: editTarget ?? commitHash, contentHash });
  }
  return files;
}
