import { checkArgument, TEXT } from '../model/arguments.js';
import { CommitNotFoundError, InvalidTagNameError, TagNotFoundError } from '../model/errors.js';
import { TAGS } from '../model/refs.js';
import type { RefStore } from '../ports/storage.js';
import { refNameProblem } from './ref-name.js';
import type { Scope } from './scope.js';

/**
 * Puts a tag on a commit, moving it when it is elsewhere (SPEC §9.5).
 * @throws InvalidTagNameError, CommitNotFoundError
 */
export function setTag({ tx, tractId }: Scope, name: string, commitHash: string): void {
  checkArgument('A tag name', name, TEXT);
  const problem = refNameProblem(name);
  if (problem)
    throw new InvalidTagNameError(`Cannot use '${name.slice(0, 60)}' as a tag: ${problem}. Nothing was changed.`);
  if (!tx.commit(commitHash)) throw new CommitNotFoundError(commitHash);
  tx.put({ kind: 'ref', tractId, name: TAGS + name, value: commitHash });
}

/** @throws TagNotFoundError */
export function deleteTag({ tx, tractId }: Scope, name: string): void {
  checkArgument('A tag name', name, TEXT);
  if (tx.ref(tractId, TAGS + name) === undefined) throw new TagNotFoundError(name);
  tx.put({ kind: 'ref', tractId, name: TAGS + name, value: null });
}

export interface Tag {
  readonly name: string;
  readonly commitHash: string;
}

/** All tags of a tract by name (SPEC §9.5). */
export function listTags(store: Pick<RefStore, 'refs'>, tractId: string): readonly Tag[] {
  return [...store.refs(tractId, TAGS)].map(([ref, commitHash]) => ({ name: ref.slice(TAGS.length), commitHash }));
}
