import type { Resolution } from '../compile/fold.js';
import { commitOf, isAncestor } from '../graph/ancestry.js';
import { foldOrder } from '../graph/history.js';
import { checkOptions, TEXT } from '../model/arguments.js';
import { resolveRef } from '../graph/resolve.js';
import type { Environment } from '../environment.js';
import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
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
  checkOptions(options, { at: TEXT });
  const head = options.at === undefined ? readHead(store, tractId).hash : resolveRef(store, tractId, options.at);
  if (head === null) return [];
  const tip = commitOf(store, head);
  const inOrder = foldOrder(store, tip);
  const context = await env.compiler.compile(store, head);
  const entries: BlameEntry[] = [];
  for (const { commitHash, edited } of context.messages) {
    const commit = commitOf(store, commitHash);
    const written = edited ? await writtenBy(store, commit, tip, inOrder) : commit;
    entries.push({
      commitHash,
      edits: editsOf(store, commit, tip, inOrder).map((edit) => edit.commitHash),
      createdAt: written.timestampIso,
      author: authorOf(written),
    });
  }
  return entries;
}

/**
 * The commit that wrote the text a message shows at `tip`: of its edits and of the merges that settle it the last in the fold. A
 * merge that chose a side points to what wrote that side's text (SPEC §9.2).
 */
async function writtenBy(
  store: Reads,
  original: StoredCommit,
  tip: StoredCommit,
  inOrder = foldOrder(store, tip),
): Promise<StoredCommit> {
  const deciding = store
    .commitsTargeting(original.commitHash)
    .map((hash) => commitOf(store, hash))
    .filter((other) => other.operation === 'edit' || other.operation === 'merge')
    .filter((other) => isAncestor(store, other, tip));
  const last = inOrder(deciding).at(-1);
  if (last?.operation !== 'merge') return last ?? original;
  const text = (await store.contents([last.contentHash])).get(last.contentHash) ?? '{}';
  const resolutions = (JSON.parse(text) as Content)['resolutions'] as Readonly<Record<string, Resolution>> | undefined;
  const side = resolutions?.[original.commitHash];
  const parent = side === 'ours' ? last.parentHash : side === 'theirs' ? last.extraParents[0] : null;
  return parent == null ? last : writtenBy(store, original, commitOf(store, parent));
}
