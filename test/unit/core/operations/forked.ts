import type { Tract } from '../../../../src/library.js';
import { openTract } from '../support.js';

export const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });

/** One message on main, `ours` done on main and `theirs` on f; HEAD on main. */
export async function forked(
  ours: (tract: Tract, target: string) => Promise<unknown>,
  theirs: (tract: Tract, target: string) => Promise<unknown>,
): Promise<{ tract: Tract; target: string }> {
  const tract = await openTract();
  const target = (await tract.user('original')).commitHash;
  await tract.branch('f');
  await theirs(tract, target);
  await tract.checkout('main');
  await ours(tract, target);
  return { tract, target };
}

export const edit = (text: string) => (tract: Tract, target: string) => tract.edit(target, say(text));
export const mark = (priority: string) => (tract: Tract, target: string) => tract.annotate(target, priority);
export const add = (text: string) => (tract: Tract) => tract.user(text);
