import type { CompiledContext, OpenOptions, Tract as OpenTract } from '../../../src/library.js';
import { Tract, TractError } from '../../../src/library.js';

/** A clock that goes on by a second at every look, from 2026-01-01. */
export function steadyClock(): () => Date {
  let seconds = 0;
  return () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++));
}

/** A tract in memory whose cache is checked at every use. */
export const openTract = (options: OpenOptions & { readonly tractId?: string } = {}) =>
  Tract.open({ verifyCache: true, clock: steadyClock(), ...options });

/** Messages `1` … `n` on main; their hashes. */
export async function numbered(n: number): Promise<{ tract: OpenTract; hashes: string[] }> {
  const tract = await openTract();
  const hashes: string[] = [];
  for (let i = 1; i <= n; i++) hashes.push((await tract.user(String(i))).commitHash);
  return { tract, hashes };
}

export const texts = (context: CompiledContext): string[] => context.messages.map(({ content }) => content);

/** What a rejected promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It did not fail.');
}

/** The stable code of the error a promise was rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await failure(promise);
  return error instanceof TractError ? error.code : error.name;
}
