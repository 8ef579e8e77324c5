import { walkBack } from '../graph/history.js';
import { closestRefs } from '../graph/resolve.js';
import type { Environment } from '../environment.js';
import { checkOptions, OBJECT, orNull, TEXT, wholeFrom, type Kind } from '../model/arguments.js';
import { canonicalJson } from '../model/canonical.js';
import type { StoredCommit } from '../model/commit.js';
import { BranchNotFoundError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { HEADS, symbolicTarget, TAGS } from '../model/refs.js';
import type { Reads } from '../transaction.js';
import { textOf } from './log.js';

export interface SearchQuery {
  /** Part of a text as the person wrote it, or of a commit message; without regard to case. */
  readonly text?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly branch?: string;
  /** Every key with this value. */
  readonly metadata?: JsonObject;
  /** Default 100. */
  readonly limit?: number;
}

export interface SearchHit {
  readonly commitHash: string;
  /** The surroundings of the first match, or the beginning. */
  readonly excerpt: string;
}

const DEFAULT_LIMIT = 100;
const KINDS: Readonly<Record<string, Kind>> = {
  text: TEXT,
  type: TEXT,
  tag: TEXT,
  branch: TEXT,
  metadata: orNull(OBJECT),
  limit: wholeFrom(0),
};
const AROUND = 60;
const SLICE = 200;

/**
 * Commits of any branch or tag that match everything asked (SPEC §8), those of HEAD first, newest first. O(texts searched).
 * @throws InvalidArgumentError, BranchNotFoundError
 */
export async function search(
  store: Reads,
  tractId: string,
  env: Environment,
  query: string | SearchQuery,
): Promise<readonly SearchHit[]> {
  const asked: SearchQuery = typeof query === 'string' ? { text: query } : query;
  checkOptions(asked, KINDS);
  const { text, type, tag, branch, metadata, limit = DEFAULT_LIMIT } = asked;
  const tagged = tag === undefined ? null : store.ref(tractId, TAGS + tag);
  const hits: SearchHit[] = [];
  if (limit === 0) return hits;
  let looked = 0;
  for (const commit of commitsOf(store, tractId, branch)) {
    if (++looked % SLICE === 0) await env.pause();
    if (type !== undefined && commit.contentType !== type) continue;
    if (tag !== undefined && commit.commitHash !== tagged) continue;
    if (metadata && !holds(commit, metadata)) continue;
    const excerpt = await match(store, env, commit, text);
    if (excerpt !== undefined && hits.push({ commitHash: commit.commitHash, excerpt }) === limit) break;
  }
  return hits;
}

function* commitsOf(store: Reads, tractId: string, branch: string | undefined): Generator<StoredCommit> {
  const seen = new Set<string>();
  for (const tip of tips(store, tractId, branch)) {
    for (const { commit } of walkBack(store, tip)) {
      if (seen.has(commit.commitHash)) continue;
      seen.add(commit.commitHash);
      yield commit;
    }
  }
}

function tips(store: Reads, tractId: string, branch: string | undefined): readonly string[] {
  if (branch !== undefined) {
    const tip = store.ref(tractId, HEADS + branch);
    if (tip === undefined) throw new BranchNotFoundError(branch, closestRefs(store, tractId, branch));
    return [tip];
  }
  const head = store.ref(tractId, 'HEAD') ?? '';
  const first = store.ref(tractId, symbolicTarget(head) ?? 'HEAD');
  const all = [...store.refs(tractId, 'refs/').values()].filter((value) => symbolicTarget(value) === undefined);
  return [...new Set([...(first === undefined ? [] : [first]), ...all])];
}

function holds(commit: StoredCommit, metadata: JsonObject): boolean {
  return Object.entries(metadata).every(
    ([key, value]) => canonicalJson(commit.metadata?.[key] ?? null) === canonicalJson(value),
  );
}

async function match(
  store: Reads,
  env: Environment,
  commit: StoredCommit,
  text: string | undefined,
): Promise<string | undefined> {
  const full = await textOf(store, env, commit);
  if (text === undefined) return full.slice(0, 2 * AROUND);
  const wanted = text.toLowerCase();
  for (const candidate of [full, commit.message]) {
    const at = candidate.toLowerCase().indexOf(wanted);
    if (at >= 0) return candidate.slice(Math.max(0, at - AROUND), at + text.length + AROUND);
  }
  return undefined;
}
