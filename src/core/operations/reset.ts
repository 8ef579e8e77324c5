import { InvalidArgumentError, NavigationError } from '../model/errors.js';
import { moveHead, readHead, rememberPosition } from './head.js';
import type { Scope } from './scope.js';

export type ResetMode = 'soft' | 'hard';

/**
 * Moves the attached branch, or detached HEAD, to a commit and remembers where it stood (SPEC §8). Commits stay; in the store
 * soft and hard are the same.
 * @throws NavigationError `No commits to reset from`, InvalidArgumentError for another mode; nothing is moved then
 */
export function reset(scope: Scope, target: string, mode: ResetMode): void {
  if (!isMode(mode))
    throw new InvalidArgumentError(
      `Invalid reset mode '${String(mode).slice(0, 40)}'. Use soft or hard. Nothing was moved.`,
    );
  const from = readHead(scope.tx, scope.tractId);
  if (from.hash === null) throw new NavigationError('No commits to reset from');
  scope.tx.put({ kind: 'ref', tractId: scope.tractId, name: 'ORIG_HEAD', value: from.hash });
  rememberPosition(scope, from, false);
  moveHead(scope, target);
}

function isMode(mode: string): mode is ResetMode {
  return mode === 'soft' || mode === 'hard';
}
