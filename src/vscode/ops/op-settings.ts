import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpDurability } from '../../ops/node/open-ops.js';
import { normalisePath } from '../../budget/workspace-files.js';

/** `tract.ops.*` as values (SPEC §13). */
export interface OpSettings {
  readonly durability: OpDurability;
  readonly protectedBranches: readonly string[];
  /** Where `tract-ops/` lies; null without a workspace folder on this machine, and for a path that leaves it. */
  readonly directory: string | null;
}

/** Read anew each time. Without trust git is never run: records are files then, and committed once trust is given. */
export function readOpSettings(): OpSettings {
  const settings = vscode.workspace.getConfiguration('tract.ops');
  const durability = durabilityOf(settings.get('durability'));
  const branches = settings.get<unknown>('protectedBranches');
  return {
    durability: durability === 'git' && !vscode.workspace.isTrusted ? 'files' : durability,
    protectedBranches: Array.isArray(branches) ? branches.filter((name) => typeof name === 'string') : [],
    directory: directoryOf(settings.get('folder')),
  };
}

function durabilityOf(value: unknown): OpDurability {
  return value === 'files' || value === 'git' ? value : 'store';
}

/**
 * The first folder, or what `tract.ops.folder` says: a workspace folder's name, or a path in the first folder (Annex B.7). Anything
 * that could lead out of the workspace is no folder.
 */
function directoryOf(value: unknown): string | null {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const first = folders[0];
  if (first === undefined) return null;
  const given = typeof value === 'string' ? value.trim() : '';
  if (given === '') return first.uri.fsPath;
  const named = folders.find(({ name }) => name === given);
  if (named) return named.uri.fsPath;
  const inside = normalisePath(given);
  return inside === null ? null : join(first.uri.fsPath, ...inside.split('/'));
}
