import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import picomatch from 'picomatch';
import type { PendingReason } from '../pending-reason.js';
import type { Git } from './git.js';

/** The repository a folder is in. */
export interface Repository {
  /** This worktree's own git directory: HEAD, index and unfinished operations live here. */
  readonly gitDir: string;
  /** The directory shared by all worktrees: the key for one commit at a time. */
  readonly commonDir: string;
}

/** The repository of `directory`; `none` when it is in no work tree (said without noise), or why it cannot be told. */
export async function findRepository(git: Git, directory: string): Promise<Repository | 'none' | PendingReason> {
  const found = await git(['rev-parse', '--is-inside-work-tree', '--absolute-git-dir', '--git-common-dir']);
  if (found.missing) return (await exists(directory)) ? 'git-missing' : 'none';
  if (!found.ok) return found.stderr.includes('not a git repository') ? 'none' : 'git-failed';
  const [inside, gitDir, commonDir] = found.stdout.split('\n');
  if (inside !== 'true' || gitDir === undefined || commonDir === undefined) return 'none';
  return { gitDir, commonDir: await realpath(resolve(directory, commonDir)).catch(() => commonDir) };
}

/** What git leaves in its directory while something is unfinished. Order: an `am` or rebase also has a message. */
const UNFINISHED: readonly (readonly [string, PendingReason])[] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
  ['sequencer', 'cherry-pick'],
  // `merge --squash`, `cherry-pick -n`: a commit of ours would throw that message away.
  ['SQUASH_MSG', 'prepared-message'],
  ['MERGE_MSG', 'prepared-message'],
];

/** Why nothing may be committed in this worktree now (SPEC §13); undefined when it may. Reads only. */
export async function refusal(
  git: Git,
  repository: Repository,
  isProtected: (branch: string) => boolean,
): Promise<PendingReason | undefined> {
  for (const [name, reason] of UNFINISHED) {
    if (await exists(join(repository.gitDir, name))) return reason;
  }
  const [head, unmerged] = await Promise.all([
    git(['symbolic-ref', '--quiet', 'HEAD']),
    git(['ls-files', '--unmerged', '-z']),
  ]);
  const branch = /^refs\/heads\/(.+)\n$/.exec(head.stdout)?.[1];
  if (branch === undefined) return 'detached';
  if (isProtected(branch)) return 'protected';
  if (!unmerged.ok) return 'git-failed';
  return unmerged.stdout === '' ? undefined : 'unmerged';
}

/** Exact names and globs (`release/*`, `**`) of branches that get no commit of ours. Long patterns match by name only. */
export function protectedBranches(patterns: readonly string[]): (branch: string) => boolean {
  const exact = new Set(patterns);
  const globs = patterns.filter((pattern) => pattern !== '' && pattern.length <= 200);
  const matches = globs.length === 0 ? () => false : picomatch(globs, { dot: true, noextglob: true, windows: false });
  return (branch) => exact.has(branch) || matches(branch);
}

/**
 * `-c` options that give the commit an author where the person has configured none; what is configured stays.
 */
export async function missingIdentity(git: Git): Promise<string[]> {
  const [name, email] = await Promise.all([
    git(['config', '--get', 'user.name']),
    git(['config', '--get', 'user.email']),
  ]);
  return [
    ...(name.stdout.trim() === '' ? ['-c', 'user.name=Tract'] : []),
    ...(email.stdout.trim() === '' ? ['-c', 'user.email=tract@localhost'] : []),
  ];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
