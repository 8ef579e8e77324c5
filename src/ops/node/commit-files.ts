import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Git, GitResult } from './git.js';
import { missingIdentity, type Repository } from './repository.js';

/** Waits between tries while another git command holds a lock, in milliseconds: 1.4 s in all, in the background. */
const LOCK_WAITS = [50, 150, 400, 800];

/** What is committed: `file` always, `extras` (beside it) only while the index does not know them. Paths as git takes them. */
export interface FilesToCommit {
  readonly file: string;
  readonly extras: readonly string[];
  readonly message: string;
}

export type CommitResult =
  { readonly status: 'committed' } | { readonly status: 'locked' | 'failed'; readonly detail: string };

/**
 * Commits exactly these files with `git commit --only` (SPEC §13). Everything else in the index stays as it is: other entries, half
 * staged files, intent-to-add, skip-worktree and assume-unchanged bits. Untracked files are added first, which is
 * undone when the commit fails. The draft in COMMIT_EDITMSG stays. The caller has checked that committing is allowed.
 */
export async function commitFiles(git: Git, repository: Repository, wanted: FilesToCommit): Promise<CommitResult> {
  const states = await statesOf(git, [wanted.file, ...wanted.extras]);
  if (states === undefined) return { status: 'failed', detail: 'git status' };
  // `A`: added by a session that was killed before its commit.
  const isNew = (path: string): boolean => /^(?:\?\?|A)/.test(states.get(path) ?? '');
  const paths = [wanted.file, ...wanted.extras.filter(isNew)];
  const untracked = paths.filter((path) => states.get(path)?.includes('??'));
  // In HEAD but taken out of the index by the person: nothing to add while HEAD holds this very text.
  if (states.get(wanted.file) !== '??' && (await isCommitted(git, wanted.file))) return { status: 'committed' };
  // `update-index`, not `add`: it touches these entries only and also works outside a sparse checkout.
  const adding = ['update-index', '--add', '--', ...untracked];
  const added = untracked.length === 0 ? undefined : await whenUnlocked(() => git(adding, { writes: true }));
  // It writes the index once, at the end: a failed one has added nothing.
  if (added?.ok === false) return failure(added);
  const done = await keepingDraft(repository, wanted.message, () => commit(git, wanted.message, paths));
  // Git also says no when the person's own commit took the file along, or when only the index could not be written.
  if (done.ok || (await isCommitted(git, wanted.file))) return { status: 'committed' };
  await undoAdd(git, untracked);
  return failure(done);
}

/** Commits these paths; where git asks who the person is, once more with an identity for what is not configured. */
async function commit(git: Git, message: string, paths: readonly string[]): Promise<GitResult> {
  const options = ['--only', '--quiet', '--no-verify', '--no-gpg-sign', '--no-post-rewrite', '--cleanup=verbatim'];
  const args = ['commit', ...options, '--untracked-files=no', '-m', message, '--', ...paths];
  const first = await whenUnlocked(() => git(args, { writes: true }));
  if (first.ok || !/ident|tell me who you are/i.test(first.stderr)) return first;
  const identity = await missingIdentity(git);
  return identity.length === 0 ? first : whenUnlocked(() => git([...identity, ...args], { writes: true }));
}

/** True when HEAD holds the file as it is on disk. */
export async function isCommitted(git: Git, path: string): Promise<boolean> {
  const [held, now] = await Promise.all([
    git(['rev-parse', '--quiet', '--verify', `HEAD:./${path}`]),
    git(['hash-object', '--', path]),
  ]);
  return held.ok && now.ok && held.stdout === now.stdout;
}

/** Git's two letters per path that is not clean; `D ??` when HEAD has it and the index does not. */
async function statesOf(git: Git, paths: readonly string[]): Promise<Map<string, string> | undefined> {
  const status = await git(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', ...paths]);
  if (!status.ok) return undefined;
  const states = new Map<string, string>();
  for (const entry of status.stdout.split('\0')) {
    // Porcelain paths start at the top of the repository; no two of ours end alike.
    const path = paths.find((wanted) => entry.endsWith(`/${wanted}`) || entry.slice(3) === wanted);
    if (path !== undefined) states.set(path, (states.get(path) ?? '') + entry.slice(0, 2));
  }
  return states;
}

/** Takes added paths out of the index again, except those that another process has committed meanwhile. */
async function undoAdd(git: Git, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await whenUnlocked(() => git(['update-index', '--force-remove', '--', ...paths], { writes: true }));
  for (const path of paths) {
    if (!(await isCommitted(git, path))) continue;
    await whenUnlocked(() => git(['update-index', '--add', '--', path], { writes: true }));
  }
}

async function whenUnlocked(run: () => Promise<GitResult>): Promise<GitResult> {
  for (const wait of LOCK_WAITS) {
    const result = await run();
    if (result.ok || !isLocked(result)) return result;
    await sleep(wait * (0.75 + Math.random() / 2));
  }
  return run();
}

function isLocked(result: GitResult): boolean {
  return /\.lock'?: File exists|cannot lock ref|unable to lock/i.test(result.stderr);
}

function failure(result: GitResult): CommitResult {
  const detail = result.stderr.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return {
    status: isLocked(result) ? 'locked' : 'failed',
    detail: detail === '' ? `exit ${result.code ?? 'by signal'}` : detail,
  };
}

/** `git commit` writes its message to COMMIT_EDITMSG, where the person may have an unfinished one. */
async function keepingDraft<T>(repository: Repository, ours: string, run: () => Promise<T>): Promise<T> {
  const path = join(repository.gitDir, 'COMMIT_EDITMSG');
  const draft = await readFile(path).catch(() => undefined);
  try {
    return await run();
  } finally {
    const left = await readFile(path, 'utf8').catch(() => undefined);
    if (left?.trimEnd() === ours.trimEnd()) {
      await (draft === undefined ? unlink(path) : writeFile(path, draft)).catch(() => undefined);
    }
  }
}
