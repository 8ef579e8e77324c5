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
  if (await isCommitted(git, wanted.file)) return { status: 'committed' };
  const tracked = await listTracked(git, [wanted.file, ...wanted.extras]);
  if (tracked === undefined) return { status: 'failed', detail: 'git ls-files' };
  const paths = [wanted.file, ...wanted.extras.filter((path) => !tracked.has(path))];
  const untracked = paths.filter((path) => !tracked.has(path));
  const identity = await missingIdentity(git);
  // `update-index`, not `add`: it touches these entries only and also works outside a sparse checkout.
  const added =
    untracked.length === 0
      ? undefined
      : await whenUnlocked(() => git(['update-index', '--add', '--', ...untracked], { writes: true }));
  // It writes the index once, at the end: a failed one has added nothing.
  if (added?.ok === false) return failure(added);
  const commit = ['commit', '--only', '--quiet', '--no-verify', '--no-gpg-sign', '--no-post-rewrite'];
  const message = ['--cleanup=verbatim', '--untracked-files=no', '-m', wanted.message];
  const done = await keepingDraft(repository, wanted.message, () =>
    whenUnlocked(() => git([...identity, ...commit, ...message, '--', ...paths], { writes: true })),
  );
  // Git also says no when the person's own commit took the file along, or when only the index could not be written.
  if (done.ok || (await isCommitted(git, wanted.file))) return { status: 'committed' };
  await undoAdd(git, untracked);
  return failure(done);
}

/** True when HEAD holds the file as it is on disk. */
export async function isCommitted(git: Git, path: string): Promise<boolean> {
  const [held, now] = await Promise.all([
    git(['rev-parse', '--quiet', '--verify', `HEAD:./${path}`]),
    git(['hash-object', '--', path]),
  ]);
  return held.ok && now.ok && held.stdout === now.stdout;
}

async function listTracked(git: Git, paths: readonly string[]): Promise<Set<string> | undefined> {
  const listed = await git(['ls-files', '--cached', '-z', '--', ...paths]);
  return listed.ok ? new Set(listed.stdout.split('\0')) : undefined;
}

async function undoAdd(git: Git, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await whenUnlocked(() => git(['update-index', '--force-remove', '--', ...paths], { writes: true }));
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
