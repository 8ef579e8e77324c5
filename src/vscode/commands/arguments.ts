import * as vscode from 'vscode';
import type { StoredCommit } from '../../core/model/commit.js';
import type { Tract } from '../../core/tract.js';
import type { Store } from '../../core/store.js';
import { storedCommit } from '../documents/document-text.js';
import type { TractWindow } from '../window.js';
import { pickCommit, type PickOptions } from './pick-commit.js';

/** A commit in the tract it was chosen in. */
export interface CommitTarget {
  readonly store: Store;
  readonly tract: Tract;
  readonly commit: StoredCommit;
}

interface CommitArgument {
  readonly tractId?: string;
  readonly commitHash: string;
}

/**
 * The commit a command is about: of the row it was called on, of its argument (a ref as text), of the selected row when called by
 * key (`{ from: 'selection' }`), else one the person picks. Undefined when the picker was closed.
 */
export async function commitTarget(
  window: TractWindow,
  argument: unknown,
  options: PickOptions,
): Promise<CommitTarget | undefined> {
  const given = isSelection(argument) ? await vscode.commands.executeCommand('tract.selectedNode') : argument;
  const store = await window.store.open();
  if (isCommitArgument(given)) {
    const tract =
      given.tractId === undefined ? await window.store.requireActive() : await window.store.tract(given.tractId);
    return { store, tract, commit: storedCommit(store, given.commitHash) };
  }
  const tract = await window.store.requireActive();
  const hash = typeof given === 'string' ? await tract.resolveCommit(given) : await pickCommit(store, tract, options);
  return hash === undefined ? undefined : { store, tract, commit: storedCommit(store, hash) };
}

/** The tract of a row, else the active one. */
export async function tractTarget(window: TractWindow, argument: unknown): Promise<Tract> {
  const tractId = tractIdOf(argument);
  return tractId === undefined ? window.store.requireActive() : window.store.tract(tractId);
}

export function tractIdOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('tractId' in argument)) return undefined;
  return typeof argument.tractId === 'string' ? argument.tractId : undefined;
}

/** The branch of a row, or a name given as text. */
export function branchOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('branch' in argument && typeof argument.branch === 'string') return argument.branch;
  if ('kind' in argument && argument.kind === 'branch' && 'name' in argument && typeof argument.name === 'string')
    return argument.name;
  return undefined;
}

function isCommitArgument(value: unknown): value is CommitArgument {
  return typeof value === 'object' && value !== null && 'commitHash' in value && typeof value.commitHash === 'string';
}

function isSelection(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'from' in value && value.from === 'selection';
}
