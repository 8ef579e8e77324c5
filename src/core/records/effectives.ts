import type { StoredRecord } from '../model/record.js';
import type { RecordStore } from '../ports/storage.js';

/** After so many records a full list is kept again, so that reading one walks a bounded chain. */
const LONGEST_CHAIN = 64;

/** The effective commits of a new record as a run on the previous record's (DESIGN "Storage"). */
export function packEffectives(
  previous: { readonly record: StoredRecord; readonly hashes: readonly string[] } | null,
  hashes: readonly string[],
): StoredRecord['effectives'] {
  if (previous === null || previous.record.effectives.chain >= LONGEST_CHAIN)
    return { base: null, keep: 0, add: hashes, chain: 0 };
  let keep = 0;
  while (keep < hashes.length && hashes[keep] === previous.hashes[keep]) keep++;
  return { base: previous.record.id, keep, add: hashes.slice(keep), chain: previous.record.effectives.chain + 1 };
}

/** The ordered effective commit hashes of a record (SPEC §7). O(hashes + chain). */
export function unpackEffectives(store: Pick<RecordStore, 'record'>, record: StoredRecord): readonly string[] {
  const runs: (readonly string[])[] = [];
  let wanted = Infinity;
  for (
    let at: StoredRecord | undefined = record;
    at;
    at = at.effectives.base === null ? undefined : store.record(at.effectives.base)
  ) {
    const { keep, add } = at.effectives;
    if (wanted > keep) runs.push(add.slice(0, Math.max(0, wanted - keep)));
    wanted = Math.min(wanted, keep);
    if (wanted === 0) break;
  }
  return runs.reverse().flat();
}
