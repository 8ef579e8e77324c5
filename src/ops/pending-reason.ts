/** Why a closed op is not in the repository yet (SPEC §13). Stable: views and the CLI branch on it. */
export type PendingReason =
  | 'queued'
  | 'git-missing'
  | 'merge'
  | 'rebase'
  | 'cherry-pick'
  | 'revert'
  | 'bisect'
  | 'prepared-message'
  | 'unmerged'
  | 'detached'
  | 'protected'
  | 'ignored'
  | 'locked'
  | 'git-failed';

const UNFINISHED = 'is in progress; it is committed when that is finished.';

/** One sentence for the person, without paths or contents. */
const SENTENCES: Readonly<Record<PendingReason, string>> = {
  queued: 'waits for its turn.',
  'git-missing': 'waits: git was not found. Install git, or set the path of git.',
  merge: `waits: a merge ${UNFINISHED}`,
  rebase: `waits: a rebase ${UNFINISHED}`,
  'cherry-pick': `waits: a cherry-pick ${UNFINISHED}`,
  revert: `waits: a revert ${UNFINISHED}`,
  bisect: `waits: a bisect ${UNFINISHED}`,
  'prepared-message': 'waits: git keeps a commit message prepared for you; it is committed after your commit.',
  unmerged: 'waits: files have conflicts; it is committed when they are resolved.',
  detached: 'waits: HEAD is detached; it is committed when a branch is checked out.',
  protected: 'waits: this branch is protected (tract.ops.protectedBranches); it is committed on another one.',
  ignored: 'waits: git ignores the folder tract-ops. Allow it in .gitignore, or set tract.ops.durability to files.',
  locked: 'waits: another git command holds the index; it is committed later.',
  'git-failed': 'waits: git refused the commit; it is tried again later.',
};

/** What to tell the person about a record that stays pending. */
export function pendingMessage(reason: PendingReason): string {
  return `The operation record ${SENTENCES[reason]} Nothing is lost.`;
}
