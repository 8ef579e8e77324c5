import { closest, distance } from 'fastest-levenshtein';
import { checkArgument, TEXT } from '../model/arguments.js';
import { AmbiguousPrefixError, CommitNotFoundError, InvalidArgumentError, NavigationError } from '../model/errors.js';
import { HEADS, symbolicTarget, TAGS } from '../model/refs.js';
import type { ObjectStore, RefStore } from '../ports/storage.js';
import { ancestorAtDepth, commitOf, parentsOf } from './ancestry.js';

/** What resolving reads. */
export type RefSource = Pick<ObjectStore, 'commit' | 'line' | 'commitsByPrefix'> & Pick<RefStore, 'ref' | 'refs'>;

const MIN_PREFIX = 4;
const CANDIDATES = 5;
/** No branch or tag is longer. */
const LONGEST_NAME = 200;
/** Steps behind a name, which itself holds neither sign (git's rules): anchored, so that it reads a ref once, however long. */
const SUFFIX = /^(?:[~^]\d*)+$/;
const STEP = /([~^])(\d*)/g;

/**
 * The commit hash a ref names (SPEC §8), in this order: `-`; `HEAD`, `ORIG_HEAD`, `PREV_HEAD`; branch; tag; 64 hex digits; a
 * prefix of at least 4. Any may be followed by `~n` and `^n`.
 * @throws CommitNotFoundError naming the closest refs, AmbiguousPrefixError, InvalidArgumentError for a short prefix or no text
 */
export function resolveRef(store: RefSource, tractId: string, ref: string): string {
  checkArgument('A ref', ref, TEXT);
  const stepsAt = ref.search(/[~^]/);
  const suffix = stepsAt >= 0 && SUFFIX.test(ref.slice(stepsAt)) ? ref.slice(stepsAt) : '';
  const base = ref.slice(0, ref.length - suffix.length);
  let hash = resolveBase(store, tractId, base, ref);
  for (const [, kind, digits] of suffix.matchAll(STEP)) {
    const n = digits === '' ? 1 : Number(digits);
    const at = commitOf(store, hash);
    const next =
      kind === '~' ? ancestorAtDepth(store, at, at.depth - n)?.commitHash : n === 0 ? hash : parentsOf(at)[n - 1];
    if (next === undefined) throw new CommitNotFoundError(ref);
    hash = next;
  }
  return hash;
}

function resolveBase(store: RefSource, tractId: string, base: string, ref: string): string {
  if (base === '-') return previousPosition(store, tractId).hash;
  const named = ['HEAD', 'ORIG_HEAD', 'PREV_HEAD'].includes(base) ? base : undefined;
  const hash =
    readRef(store, tractId, named ?? HEADS + base) ??
    (named ? undefined : (readRef(store, tractId, TAGS + base) ?? fullRef(store, tractId, base)));
  if (hash !== undefined) return hash;
  if (named === undefined && /^[0-9a-f]{1,64}$/i.test(base)) return byPrefix(store, base.toLowerCase());
  throw new CommitNotFoundError(ref, closestRefs(store, tractId, base));
}

/** `refs/heads/main`, `refs/import/…`: a ref by its full name. */
function fullRef(store: RefSource, tractId: string, base: string): string | undefined {
  return base.startsWith('refs/') ? readRef(store, tractId, base) : undefined;
}

function byPrefix(store: RefSource, prefix: string): string {
  if (prefix.length === 64) {
    if (store.commit(prefix)) return prefix;
    throw new CommitNotFoundError(prefix);
  }
  if (prefix.length < MIN_PREFIX)
    throw new InvalidArgumentError(`Commit hash prefix must be at least ${MIN_PREFIX} characters`);
  const matches = store.commitsByPrefix(prefix, CANDIDATES + 1);
  const [first] = matches;
  if (first === undefined) throw new CommitNotFoundError(prefix);
  if (matches.length > 1) throw new AmbiguousPrefixError(prefix, matches.slice(0, CANDIDATES));
  return first;
}

/** A ref's hash, symbolic refs followed; undefined when it, or what it points to, does not exist. */
export function readRef(store: Pick<RefStore, 'ref'>, tractId: string, name: string): string | undefined {
  const value = store.ref(tractId, name);
  if (value === undefined) return undefined;
  const target = symbolicTarget(value);
  return target === undefined ? value : readRef(store, tractId, target);
}

/**
 * Where HEAD was before the last checkout or reset (SPEC §8 `-`): attached when it was a branch.
 * @throws NavigationError `No previous position`; CommitNotFoundError when that branch is gone
 */
export function previousPosition(
  store: Pick<RefStore, 'ref'>,
  tractId: string,
): { readonly hash: string; readonly branch: string | null } {
  const branchRef = symbolicTarget(store.ref(tractId, 'PREV_BRANCH') ?? '');
  if (branchRef !== undefined) {
    const branch = branchRef.slice(HEADS.length);
    const hash = store.ref(tractId, branchRef);
    if (hash === undefined) throw new CommitNotFoundError(branch);
    return { hash, branch };
  }
  const hash = store.ref(tractId, 'PREV_HEAD');
  if (hash === undefined) throw new NavigationError('No previous position');
  return { hash, branch: null };
}

/** Names of branches and tags that look like `name`, best first, at most 3. */
export function closestRefs(store: Pick<RefStore, 'ref' | 'refs'>, tractId: string, name: string): readonly string[] {
  if (name.length > LONGEST_NAME) return [];
  const names = [...store.refs(tractId, HEADS).keys(), ...store.refs(tractId, TAGS).keys()].map((ref) =>
    ref.replace(/^refs\/(heads|tags)\//, ''),
  );
  // At least one character of a short name must be right.
  const most = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 1);
  const near = names.filter((candidate) => distance(candidate, name) <= most);
  if (near.length === 0) return [];
  const best = closest(name, near);
  return [best, ...near.filter((candidate) => candidate !== best)].slice(0, 3);
}
