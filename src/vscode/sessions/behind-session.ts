import { commitOf, mergeBase } from '../../core/graph/ancestry.js';
import { commitsBetween } from '../../core/graph/history.js';
import { HEADS, IMPORTS } from '../../core/model/refs.js';
import type { Store } from '../../core/store.js';

export interface BehindSession {
  /** Commits of the session that the branch does not have. */
  readonly commits: number;
  /** Where the session's line is. */
  readonly tip: string;
}

/** Names that the importer gives branches: the default one, and `fork-<line>`. */
const OF_FORK = /^fork-([0-9A-Za-z-]+)$/;

/**
 * How far a branch that an import made is behind its line of the session (Annex B.9): it stays where the person committed on it. Null
 * when it stands on the line, or is a branch of the person's own. O(commits behind, and log n per import ref).
 */
export function behindSession({ storage, env }: Store, tractId: string, branch: string): BehindSession | null {
  const head = storage.ref(tractId, HEADS + branch);
  const imports = storage.refs(tractId, IMPORTS);
  if (head === undefined || imports.size === 0) return null;
  const leaf = OF_FORK.exec(branch)?.[1];
  if (leaf === undefined && branch !== env.defaultBranch) return null;
  const at = commitOf(storage, head);
  let line: { readonly tip: string; readonly shared: number } | undefined;
  for (const [ref, tip] of imports) {
    if (leaf !== undefined && !ref.slice(ref.lastIndexOf('/') + 1).startsWith(leaf)) continue;
    if (tip === head) return null;
    const shared = mergeBase(storage, at, commitOf(storage, tip))?.generation ?? -1;
    if (shared >= 0 && shared > (line?.shared ?? -1)) line = { tip, shared };
  }
  if (!line) return null;
  const commits = commitsBetween(storage, commitOf(storage, line.tip), at).length;
  return commits === 0 ? null : { commits, tip: line.tip };
}
