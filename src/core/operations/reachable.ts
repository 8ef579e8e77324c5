import { parentsOf } from '../graph/ancestry.js';
import type { RefLogEntry } from '../model/refs.js';
import { symbolicTarget } from '../model/refs.js';
import type { Storage } from '../ports/storage.js';

const PAGE = 500;

/** Hashes that refs of any tract, records and spawn links name: what GC must keep, with all their ancestors (SPEC §9.6). */
export function roots(store: Storage): ReadonlySet<string> {
  const found = new Set<string>();
  for (const tract of store.tracts()) {
    if (tract.spawn?.commitHash != null) found.add(tract.spawn.commitHash);
    if (tract.collapsedInto !== null) found.add(tract.collapsedInto);
    for (const value of store.refs(tract.tractId).values()) if (symbolicTarget(value) === undefined) found.add(value);
    for (let before: string | undefined; ;) {
      const page = store.records(tract.tractId, { limit: PAGE, ...(before === undefined ? {} : { before }) });
      for (const record of page) {
        found.add(record.headHash);
        if (record.answerHash !== null) found.add(record.answerHash);
      }
      before = page.at(-1)?.id;
      if (page.length < PAGE || before === undefined) break;
    }
  }
  return found;
}

/** All entries of a tract's ref log, newest first. */
export function* refLogEntries(store: Pick<Storage, 'refLog'>, tractId: string): Generator<RefLogEntry> {
  for (let before: number | undefined; ;) {
    const page: readonly RefLogEntry[] = store.refLog(tractId, {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    yield* page;
    before = page.at(-1)?.seq;
    if (page.length < PAGE || before === undefined) return;
  }
}

/** Hashes that an entry of the ref log names. */
export function hashesOf(entry: RefLogEntry): readonly string[] {
  return entry.changes
    .flatMap(({ before, after }) => [before, after])
    .filter((value): value is string => value !== null && symbolicTarget(value) === undefined);
}

/** `starts` and all their ancestors that exist. O(result). */
export function closure(store: Pick<Storage, 'commit'>, starts: Iterable<string>): Set<string> {
  const reached = new Set<string>();
  const pending = [...starts];
  for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
    if (reached.has(hash)) continue;
    const commit = store.commit(hash);
    if (!commit) continue;
    reached.add(hash);
    pending.push(...parentsOf(commit));
  }
  return reached;
}
