import { readHead } from '../../core/operations/head.js';
import { parentsOf } from '../../core/graph/ancestry.js';
import { authorOf } from '../../core/operations/author.js';
import { HEADS, IMPORTS, symbolicTarget, TAGS } from '../../core/model/refs.js';
import { effectiveStates } from '../../core/operations/effective-state.js';
import type { StoredCommit } from '../../core/model/commit.js';
import type { Store } from '../../core/store.js';
import { shownTime } from '../../core/model/shown-time.js';
import type { GraphView } from '../../shared/graph-view.js';
import { commitLabel, ownTokens } from '../commit-look.js';
import { commitRole } from './message-view.js';

type RefView = GraphView['commits'][number]['refs'][number];
const PREFIXES = [
  ['branch', HEADS],
  ['tag', TAGS],
  ['import', IMPORTS],
] as const;

/** Commits of all refs, children before parents, the newest `limit`. O(limit), by generation. */
export async function graphView(store: Store, tractId: string, limit: number): Promise<GraphView> {
  const { storage, env } = store;
  const head = readHead(storage, tractId);
  const refs = new Map<string, RefView[]>();
  for (const [kind, prefix] of PREFIXES) {
    for (const [ref, hash] of storage.refs(tractId, prefix)) {
      if (symbolicTarget(hash) !== undefined) continue;
      const whole = ref.slice(prefix.length);
      // A session's line is named by two ids: its own first digits are enough to tell it by.
      const name = kind === 'import' ? whole.slice(0, 8) : whole;
      refs.set(hash, [...(refs.get(hash) ?? []), { kind, name, current: kind === 'branch' && name === head.branch }]);
    }
  }
  const tips = new Set([...refs.keys(), ...(head.hash === null ? [] : [head.hash])]);
  const { commits, hasMore } = newest(store, tips, limit);
  const [first] = commits;
  if (!first) return { commits: [], hasMore };
  const stateOf = await effectiveStates(storage, env, head.hash ?? first.commitHash);
  const views: GraphView['commits'] = [];
  for (const commit of commits) {
    const role = commitRole(store, commit);
    views.push({
      hash: commit.commitHash,
      parents: [...parentsOf(commit)],
      operation: commit.operation,
      contentType: commit.contentType,
      role,
      subject: commitLabel(commit),
      tokens: role === null ? null : { count: ownTokens(commit), exact: false },
      priority: (await stateOf(commit)).priority,
      author: authorOf(commit),
      createdAt: shownTime(commit.timestampIso, commit.metadata),
      refs: refs.get(commit.commitHash) ?? [],
      isHead: commit.commitHash === head.hash,
    });
  }
  return { commits: views, hasMore };
}

/** A parent's generation is below its children's, so that one bucket after the other gives children first. */
function newest(store: Store, tips: Iterable<string>, limit: number) {
  const buckets = new Map<number, StoredCommit[]>();
  const seen = new Set<string>();
  let top = 0;
  const add = (hash: string) => {
    const commit = seen.has(hash) ? undefined : store.storage.commit(hash);
    if (!commit) return;
    seen.add(hash);
    top = Math.max(top, commit.generation);
    buckets.set(commit.generation, [...(buckets.get(commit.generation) ?? []), commit]);
  };
  for (const tip of tips) add(tip);
  const commits: StoredCommit[] = [];
  for (let generation = top; generation > 0; generation--) {
    for (const commit of buckets.get(generation) ?? []) {
      if (commits.length === limit) return { commits, hasMore: true };
      commits.push(commit);
      for (const parent of parentsOf(commit)) add(parent);
    }
  }
  return { commits, hasMore: false };
}
