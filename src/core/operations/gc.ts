import { InvalidArgumentError } from '../model/errors.js';
import { compareTimestamps, toTimestampIso } from '../model/timestamp.js';
import type { Change, Storage } from '../ports/storage.js';
import type { Environment } from '../environment.js';
import { closure, hashesOf, refLogEntries, roots } from './reachable.js';

export interface GcOptions {
  /** Lists what would go and changes nothing. */
  readonly dryRun?: boolean;
  /** Retention in days since a commit became unreachable; without it nothing is ever removed. */
  readonly olderThanDays?: number;
}

export interface GcResult {
  readonly removed: readonly { readonly commitHash: string; readonly bytes: number }[];
  readonly dryRun: boolean;
}

const DAY_MS = 86_400_000;

/**
 * What garbage collection would change (SPEC §9.6): ref-log entries older than the retention, then the commits that no ref, tag,
 * record, younger entry or spawn link reaches and that became unreachable before it. O(commits of the store).
 * @throws InvalidArgumentError
 */
export function planGc(
  store: Storage,
  env: Environment,
  options: GcOptions,
): { readonly result: GcResult; readonly changes: readonly Change[] } {
  const { dryRun = false, olderThanDays } = options;
  if (olderThanDays !== undefined && !(Number.isFinite(olderThanDays) && olderThanDays >= 0))
    throw new InvalidArgumentError('olderThanDays must be a number of at least 0.');
  if (olderThanDays === undefined) return { result: { removed: [], dryRun }, changes: [] };
  const now = env.clock();
  const cutoff = toTimestampIso(new Date(now.getTime() - olderThanDays * DAY_MS));
  const old = (time: string) => compareTimestamps(time, cutoff) <= 0;
  const changes: Change[] = [];
  const kept = new Set(roots(store));
  const dropped: string[] = [];
  for (const { tractId } of store.tracts()) {
    let upTo = -1;
    for (const entry of refLogEntries(store, tractId)) {
      if (upTo < 0 && !old(entry.at)) for (const hash of hashesOf(entry)) kept.add(hash);
      else {
        upTo = Math.max(upTo, entry.seq);
        dropped.push(...hashesOf(entry));
      }
    }
    if (upTo >= 0) changes.push({ kind: 'trimRefLog', tractId, upTo });
  }
  const reachable = closure(store, kept);
  const heldByDropped = closure(store, dropped);
  const removed: string[] = [];
  const marked: string[] = [];
  const unmarked: string[] = [];
  for (const hash of store.commitHashes()) {
    const since = store.unreachableSince(hash);
    if (reachable.has(hash)) {
      if (since !== undefined) unmarked.push(hash);
    } else if (heldByDropped.has(hash) || olderThanDays === 0 || (since !== undefined && old(since))) {
      removed.push(hash);
    } else if (since === undefined) {
      marked.push(hash);
    }
  }
  const { contents, bytes } = contentsOnlyOf(store, removed);
  if (removed.length > 0)
    changes.push({ kind: 'removeCommits', commitHashes: removed }, { kind: 'removeContents', contentHashes: contents });
  if (marked.length > 0) changes.push({ kind: 'unreachable', commitHashes: marked, at: toTimestampIso(now) });
  if (unmarked.length > 0) changes.push({ kind: 'unreachable', commitHashes: unmarked, at: null });
  return {
    result: { removed: removed.map((commitHash) => ({ commitHash, bytes: bytes.get(commitHash) ?? 0 })), dryRun },
    changes: dryRun ? [] : changes,
  };
}

/** Contents that no remaining commit shares, and the bytes each removed commit frees (a shared content frees none). */
function contentsOnlyOf(
  store: Storage,
  removed: readonly string[],
): { readonly contents: readonly string[]; readonly bytes: ReadonlyMap<string, number> } {
  const leaving = new Set(removed);
  const needed = new Set<string>();
  for (const hash of store.commitHashes()) if (!leaving.has(hash)) needed.add(store.commit(hash)?.contentHash ?? '');
  const sizes = new Map<string, number>();
  for (const { contentHash, bytes } of store.contentSizes())
    if (!needed.has(contentHash)) sizes.set(contentHash, bytes);
  const bytes = new Map<string, number>();
  const counted = new Set<string>();
  for (const hash of removed) {
    const content = store.commit(hash)?.contentHash ?? '';
    bytes.set(hash, counted.has(content) ? 0 : (sizes.get(content) ?? 0));
    counted.add(content);
  }
  return { contents: [...counted].filter((content) => sizes.has(content)), bytes };
}
