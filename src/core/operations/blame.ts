import { commitOf } from '../graph/ancestry.js';
import { resolveRef } from '../graph/resolve.js';
import type { Environment } from '../environment.js';
import type { Reads } from '../transaction.js';
import { authorOf } from './author.js';
import { editsOf } from './edit-history.js';
import { readHead } from './head.js';

export interface BlameEntry {
  readonly commitHash: string;
  /** Its edits in this history, in the order in which they apply. */
  readonly edits: readonly string[];
  /** When the text that shows was written. */
  readonly createdAt: string;
  readonly author: string | null;
}

/** For each message of a compiled context the commit behind it, its edits, who and when (SPEC §8). */
export async function blame(
  store: Reads,
  tractId: string,
  env: Environment,
  options: { readonly at?: string } = {},
): Promise<readonly BlameEntry[]> {
  const head = options.at === undefined ? readHead(store, tractId).hash : resolveRef(store, tractId, options.at);
  if (head === null) return [];
  const tip = commitOf(store, head);
  const context = await env.compiler.compile(store, head);
  return context.commitHashes.map((hash) => {
    const commit = commitOf(store, hash);
    const edits = editsOf(store, commit, tip);
    const latest = edits.at(-1) ?? commit;
    return {
      commitHash: hash,
      edits: edits.map((edit) => edit.commitHash),
      createdAt: latest.timestampIso,
      author: authorOf(latest),
    };
  });
}
