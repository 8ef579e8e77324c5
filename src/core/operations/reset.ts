import { checkOptions, oneOf } from '../model/arguments.js';
import { NavigationError } from '../model/errors.js';
import { moveHead, readHead, rememberPosition } from './head.js';
import type { Scope } from './scope.js';

export type ResetMode = 'soft' | 'hard';

export interface ResetOptions {
  /** `soft` when left out. */
  readonly mode?: ResetMode;
}

/**
 * Moves the attached branch, or detached HEAD, to a commit and remembers where it stood (SPEC §8). Commits stay; in the store
 * soft and hard are the same.
 * @throws NavigationError `No commits to reset from`; nothing is moved then
 */
export function reset(scope: Scope, target: string): void {
  const from = readHead(scope.tx, scope.tractId);
  if (from.hash === null) throw new NavigationError('No commits to reset from');
  scope.tx.put({ kind: 'ref', tractId: scope.tractId, name: 'ORIG_HEAD', value: from.hash });
  rememberPosition(scope, from, false);
  moveHead(scope, target);
}

/** @throws InvalidArgumentError for another mode than soft and hard */
export function resetMode(options: ResetOptions): ResetMode {
  checkOptions(options, { mode: oneOf(['soft', 'hard']) }, 'Nothing was moved.');
  return options.mode ?? 'soft';
}
