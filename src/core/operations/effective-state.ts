import { commitOf, isAncestor } from '../graph/ancestry.js';
import { slotOf } from '../compile/snapshot.js';
import type { Environment } from '../environment.js';
import type { Commit, Priority, StoredCommit } from '../model/commit.js';
import { contentTypeOf, type Content } from '../model/content.js';
import type { Storage } from '../ports/storage.js';
import { authorOf } from './author.js';

/** What later commits of a history made of one commit: what a list row shows, without folding the whole history. */
export interface EffectiveState {
  readonly priority: Priority;
  readonly edits: number;
  /** The compression that holds it, if any. */
  readonly compressedBy: string | null;
}

type Source = Pick<Storage, 'commit' | 'line' | 'commitsTargeting' | 'contents' | 'latestUsage'>;

/**
 * O(commits that target it) where only edits and annotations do. Compressions and merge resolutions interact: for them the fold,
 * which is the authority, is asked.
 */
export async function effectiveState(
  store: Source,
  env: Environment,
  commit: StoredCommit,
  head: string,
): Promise<EffectiveState> {
  let priority = contentTypeOf(env.types, commit.contentType)?.priority ?? 'normal';
  const naming = store.commitsTargeting(commit.commitHash);
  if (naming.length === 0) return { priority, edits: 0, compressedBy: null };
  const tip = commitOf(store, head);
  let edits = 0;
  const held = naming.map((hash) => commitOf(store, hash)).filter((other) => isAncestor(store, other, tip));
  held.sort((a, b) => a.generation - b.generation);
  if (held.some((other) => other.operation === 'compress' || other.extraParents.length > 0)) {
    const slot = slotOf(await env.compiler.snapshot(store, head), commit.commitHash);
    if (slot) {
      edits = held.filter((other) => other.operation === 'edit').length;
      return { priority: slot.priority, edits, compressedBy: slot.hiddenBy };
    }
  }
  for (const other of held) {
    if (other.operation === 'edit') edits++;
    else if (other.operation === 'annotate') priority = await annotatedPriority(store, other);
  }
  return { priority, edits, compressedBy: null };
}

async function annotatedPriority(store: Source, commit: StoredCommit): Promise<Priority> {
  const text = (await store.contents([commit.contentHash])).get(commit.contentHash) ?? '{}';
  return ((JSON.parse(text) as Content)['priority'] ?? 'normal') as Priority;
}

/** The public shape of a commit (SPEC §18). */
export function toCommit(commit: StoredCommit, effectivePriority: Priority): Commit {
  const {
    commitHash,
    contentHash,
    parentHash,
    extraParents,
    contentType,
    operation,
    editTarget,
    message,
    metadata,
    generationConfig,
  } = commit;
  return {
    commitHash,
    contentHash,
    parentHash,
    extraParents,
    contentType,
    operation,
    editTarget,
    message,
    tokenCount: commit.textTokens,
    createdAt: commit.timestampIso,
    effectivePriority,
    metadata,
    generationConfig,
    author: authorOf(commit),
  };
}

/** A commit that was just made: nothing can name it yet, so its priority is its type's. */
export function newCommit(env: Environment, commit: StoredCommit): Commit {
  return toCommit(commit, contentTypeOf(env.types, commit.contentType)?.priority ?? 'normal');
}
