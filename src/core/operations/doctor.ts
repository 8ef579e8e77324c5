import type { Environment } from '../environment.js';
import { parentsOf, isAncestor } from '../graph/ancestry.js';
import { commitHash } from '../model/hash.js';
import { symbolicTarget } from '../model/refs.js';
import type { Change, Storage } from '../ports/storage.js';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly detail: string;
  readonly repaired: boolean;
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

const CHUNK = 200;
/** Refs that only remember; one that points nowhere can be dropped without losing anything. */
const MEMORIES = new Set(['ORIG_HEAD', 'PREV_HEAD', 'PREV_BRANCH']);

/**
 * Rehashes every object, checks parents, targets, refs, records and stray contents, and asks the storage about its files (SPEC §9.8). Repairs what
 * loses nothing, lists the rest. O(store), with pauses.
 */
export async function doctor(store: Storage, env: Environment): Promise<DoctorReport> {
  const problems: Problem[] = [...(await store.check())];
  const report = (severity: Problem['severity'], code: string, detail: string, repaired = false) =>
    problems.push({ severity, code, detail, repaired });
  const hashes = [...store.commitHashes()];
  for (let i = 0; i < hashes.length; i += CHUNK) {
    await env.pause();
    await checkCommits(store, env, hashes.slice(i, i + CHUNK), report);
  }
  reportStrayContents(store, hashes, report);
  const repairs: Change[] = [];
  for (const { tractId } of store.tracts()) {
    for (const [name, value] of store.refs(tractId)) {
      const target = symbolicTarget(value);
      if (
        target === undefined
          ? store.commit(value) !== undefined
          : name === 'HEAD' || store.ref(tractId, target) !== undefined
      )
        continue;
      const memory = MEMORIES.has(name) && store.readOnlyReason === null;
      if (memory) repairs.push({ kind: 'ref', tractId, name, value: null });
      report(
        memory ? 'warning' : 'error',
        'DANGLING_REF',
        `${name} of tract ${tractId} points to ${value}, which is not there.`,
        memory,
      );
    }
    for (const record of store.records(tractId, { limit: Number.MAX_SAFE_INTEGER })) {
      if (!store.commit(record.headHash))
        report(
          'error',
          'RECORD_WITHOUT_HEAD',
          `Record ${record.id} was compiled from ${record.headHash.slice(0, 8)}, which is not there.`,
        );
    }
  }
  if (repairs.length > 0) await store.write(repairs);
  return { ok: problems.every((problem) => problem.repaired || problem.severity === 'warning'), problems };
}

/** Texts that no commit holds, as a damaged stretch of the log leaves them. No content is removed without a command (SPEC §16). */
function reportStrayContents(
  store: Storage,
  hashes: readonly string[],
  report: (severity: Problem['severity'], code: string, detail: string) => void,
): void {
  const held = new Set(hashes.map((hash) => store.commit(hash)?.contentHash));
  const stray = [...store.contentSizes()].filter(({ contentHash }) => !held.has(contentHash));
  if (stray.length === 0) return;
  const bytes = stray.reduce((sum, content) => sum + content.bytes, 0);
  const what = stray.length === 1 ? '1 stored text belongs' : `${stray.length} stored texts belong`;
  report('warning', 'STRAY_CONTENT', `${what} to no commit (${bytes} bytes). Nothing was removed.`);
}

async function checkCommits(
  store: Storage,
  env: Environment,
  hashes: readonly string[],
  report: (severity: Problem['severity'], code: string, detail: string) => void,
): Promise<void> {
  const commits = hashes.flatMap((hash) => store.commit(hash) ?? []);
  const contents = await store.contents(commits.map((commit) => commit.contentHash));
  for (const commit of commits) {
    const short = commit.commitHash.slice(0, 8);
    const text = contents.get(commit.contentHash);
    if (text === undefined) report('error', 'MISSING_CONTENT', `The content of commit ${short} cannot be read.`);
    else if (env.hasher.sha256(text) !== commit.contentHash)
      report('error', 'CONTENT_HASH', `The content of commit ${short} does not match its hash.`);
    if (commitHash(commit, env.hasher) !== commit.commitHash)
      report('error', 'COMMIT_HASH', `Commit ${short} does not match its hash.`);
    for (const parent of parentsOf(commit))
      if (!store.commit(parent))
        report('error', 'MISSING_PARENT', `The parent ${parent.slice(0, 8)} of commit ${short} is not there.`);
    const target = commit.editTarget === null ? undefined : store.commit(commit.editTarget);
    if (commit.editTarget !== null && !(target && isAncestor(store, target, commit))) {
      report(
        'warning',
        'EDIT_WITHOUT_EFFECT',
        `Edit ${short} replaces ${commit.editTarget.slice(0, 8)}, which is not in its history; it has no effect.`,
      );
    }
  }
}
