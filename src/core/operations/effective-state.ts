import { commitOf, isAncestor } from '../graph/ancestry.js';
import { foldOrder } from '../graph/history.js';
import { slotOf } from '../compile/snapshot.js';
import type { Environment } from '../environment.js';
import type { Commit, Priority, StoredCommit } from '../model/commit.js';
import { contentTypeOf, type Content } from '../model/content.js';
import type { Storage } from '../ports/storage.js';
import { authorOf } from './author.js';

/** What later commits of a history made of one commit: what a list row shows. */
export interface EffectiveState {
  readonly priority: Priority;
  readonly edits: number;
  /** The compression that holds it, if any. */
  readonly compressedBy: string | null;
}

type Source = Pick<Storage, 'commit' | 'line' | 'commitsTargeting' | 'contents' | 'latestUsage'>;

/**
 * Reads the states of the commits of one history. The fold is the authority and is asked when it is at hand; a list of a long
 * history that was never compiled is not to wait for it: then a row costs O(commits that target it), and only where compressions
 * or merge resolutions are among them, which interact, the history is folded after all.
 */
export async function effectiveStates(
  store: Source,
  env: Environment,
  head: string,
): Promise<(commit: StoredCommit) => Promise<EffectiveState>> {
  const tip = commitOf(store, head);
  const inOrder = foldOrder(store, tip);
  let folded = env.compiler.has(head) ? await env.compiler.snapshot(store, head) : null;
  return async (commit) => {
    let priority = contentTypeOf(env.types, commit.contentType)?.priority ?? 'normal';
    const slot = folded && slotOf(folded, commit.commitHash);
    if (slot && !slot.edited) return { priority: slot.priority, edits: 0, compressedBy: slot.hiddenBy };
    const naming = store.commitsTargeting(commit.commitHash);
    if (naming.length === 0) return { priority, edits: 0, compressedBy: null };
    const held = naming.map((hash) => commitOf(store, hash)).filter((other) => isAncestor(store, other, tip));
    const edits = held.filter((other) => other.operation === 'edit').length;
    if (held.some((other) => other.operation === 'compress' || other.extraParents.length > 0))
      folded ??= await env.compiler.snapshot(store, head);
    const now = folded && slotOf(folded, commit.commitHash);
    if (now) return { priority: now.priority, edits, compressedBy: now.hiddenBy };
    const latest = inOrder(held.filter((other) => other.operation === 'annotate')).at(-1);
    if (latest) priority = await annotatedPriority(store, latest);
    return { priority, edits, compressedBy: null };
  };
}

async function annotatedPriority(store: Source, commit: StoredCommit): Promise<Priority> {
  const text = (await store.contents([commit.contentHash])).get(commit.contentHash) ?? '{}';
  return ((JSON.parse(text) as Content)['priority'] ?? 'normal') as Priority;
}

/** The public shape of a commit (SPEC §18). */
export function toCommit(commit: StoredCommit, effectivePriority: Priority): Commit {
  return {
    commitHash: commit.commitHash,
    contentHash: commit.contentHash,
    parentHash: commit.parentHash,
    extraParents: commit.extraParents,
    contentType: commit.contentType,
    operation: commit.operation,
    editTarget: commit.editTarget,
    message: commit.message,
    tokenCount: commit.textTokens,
    createdAt: commit.timestampIso,
    effectivePriority,
    metadata: commit.metadata,
    generationConfig: commit.generationConfig,
    author: authorOf(commit),
  };
}

/** A commit that was just made: nothing can name it yet, so its priority is its type's. */
export function newCommit(env: Environment, commit: StoredCommit): Commit {
  return toCommit(commit, contentTypeOf(env.types, commit.contentType)?.priority ?? 'normal');
}
