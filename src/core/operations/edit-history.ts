import { commitOf, isAncestor } from '../graph/ancestry.js';
import { foldOrder } from '../graph/history.js';
import { resolveRef } from '../graph/resolve.js';
import type { Environment } from '../environment.js';
import { shownValue } from '../model/arguments.js';
import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import { InvalidArgumentError } from '../model/errors.js';
import type { Reads } from '../transaction.js';
import { authorOf } from './author.js';
import { edit } from './edit.js';
import { readHead } from './head.js';
import { textOf } from './log.js';
import type { Scope } from './scope.js';

export interface Version {
  /** 0 is the original. */
  readonly version: number;
  readonly commitHash: string;
  readonly text: string;
  readonly message: string;
  readonly createdAt: string;
  readonly author: string | null;
}

/** The message-making commit behind a hash: itself, or the target when it is an edit. */
export function originalOf(store: Pick<Reads, 'commit' | 'line'>, hash: string): StoredCommit {
  const commit = commitOf(store, hash);
  return commit.editTarget === null ? commit : commitOf(store, commit.editTarget);
}

/** The edits of a commit in the history of `head`, in the order in which they apply (SPEC §5), which `inOrder` knows. */
export function editsOf(
  store: Pick<Reads, 'commit' | 'line' | 'commitsTargeting'>,
  original: StoredCommit,
  head: StoredCommit,
  inOrder = foldOrder(store, head),
): readonly StoredCommit[] {
  return inOrder(
    store
      .commitsTargeting(original.commitHash)
      .map((hash) => commitOf(store, hash))
      .filter((other) => other.operation === 'edit' && isAncestor(store, other, head)),
  );
}

/** All versions of a commit, by its hash, a prefix or one of its edits (SPEC §8), the original first. */
export async function editHistory(
  store: Reads,
  tractId: string,
  env: Environment,
  ref: string,
): Promise<readonly Version[]> {
  const versions = storedVersions(store, tractId, ref);
  return Promise.all(
    versions.map(async (commit, version) => ({
      version,
      commitHash: commit.commitHash,
      text: await textOf(store, env, commit),
      message: commit.message,
      createdAt: commit.timestampIso,
      author: authorOf(commit),
    })),
  );
}

function storedVersions(store: Reads, tractId: string, ref: string): readonly StoredCommit[] {
  const original = originalOf(store, resolveRef(store, tractId, ref));
  const head = readHead(store, tractId).hash;
  return [original, ...(head === null ? [] : editsOf(store, original, commitOf(store, head)))];
}

/**
 * Brings back version `n` as a new edit, `restore to version n` (SPEC §8).
 * @throws InvalidArgumentError when there is no such version; EditTargetError, DetachedHeadError
 */
export async function restore(scope: Scope, ref: string, version: number): Promise<StoredCommit> {
  const { tx, tractId } = scope;
  const versions = storedVersions(tx, tractId, ref);
  const commit = Number.isSafeInteger(version) ? versions[version] : undefined;
  const [original] = versions;
  if (!commit || !original)
    throw new InvalidArgumentError(
      `There is no version ${shownValue(version)}: ${ref.slice(0, 8)} has versions 0 to ${versions.length - 1}. Nothing was stored.`,
    );
  const text = (await tx.contents([commit.contentHash])).get(commit.contentHash) ?? '{}';
  return edit(scope, original.commitHash, editingContent(JSON.parse(text) as Content), {
    message: `restore to version ${version}`,
    metadata: commit.metadata,
    generationConfig: commit.generationConfig ?? original.generationConfig,
  });
}

/** The content as an edit may hold it: what a compression says, without what it compresses (Annex B.5). */
function editingContent(content: Content): Content {
  if (content.content_type !== 'compression') return content;
  const { role = 'assistant', text = '' } = content;
  return { content_type: 'dialogue', role, text, name: null };
}
