import type { StoredCommit } from '../../core/model/commit.js';
import { StoreIntegrityError } from '../errors.js';
import type { PlacedChange } from '../journal/place.js';

/** What a batch is checked against. */
export interface Held {
  readonly commit: (hash: string) => boolean;
  readonly content: (contentHash: string) => boolean;
  readonly record: (id: string) => boolean;
}

/** Whether these can be done depends on what else names what they remove or mark: only the database tells. */
const UNFORESEEN: ReadonlySet<PlacedChange['kind']> = new Set([
  'removeCommits',
  'removeContents',
  'moved',
  'unreachable',
]);

/**
 * Whether a batch will apply, known before it is: everything that it names is there, or comes earlier in it. False where that
 * cannot be known. O(changes).
 * @throws StoreIntegrityError as applying it would
 */
export function willApply(changes: readonly PlacedChange[], held: Held): boolean {
  if (changes.some(({ kind }) => UNFORESEEN.has(kind))) return false;
  const staged = new Set<string>();
  const has = (hash: string): boolean => staged.has(hash) || held.commit(hash);
  for (const change of changes) {
    if (change.kind === 'content') staged.add(change.place.contentHash);
    else if (change.kind === 'record') staged.add(change.record.id);
    else if (change.kind === 'recordUpdate') {
      if (!staged.has(change.id) && !held.record(change.id)) throw noRecord(change.id);
    } else if (change.kind === 'commit') {
      const { commit } = change;
      // Of one that is there already, this holds too.
      if (!staged.has(commit.contentHash) && !held.content(commit.contentHash)) throw noContent(commit);
      for (const name of namesOf(commit)) if (!has(name)) throw noCommit(commit, name);
      staged.add(commit.commitHash);
    }
  }
  return true;
}

/** The commits that one names, itself left out. */
function namesOf(commit: StoredCommit): readonly string[] {
  const { parentHash, jump, lastMerge, editTarget, extraParents, targets, commitHash } = commit;
  const single = [parentHash, jump, lastMerge === commitHash ? null : lastMerge, editTarget];
  return [...extraParents, ...targets, ...single.filter((name) => name !== null)];
}

export function noCommit(commit: StoredCommit, name: string): StoreIntegrityError {
  return new StoreIntegrityError(`commit ${commit.commitHash} names the commit ${name}, which is not there.`);
}

export function noContent({ commitHash, contentHash }: StoredCommit): StoreIntegrityError {
  return new StoreIntegrityError(`commit ${commitHash} names the content ${contentHash}, which is not there.`);
}

export function noRecord(id: string): StoreIntegrityError {
  return new StoreIntegrityError(`there is no compile record ${id}.`);
}
