import * as vscode from 'vscode';
import type { StoredCommit } from '../core/model/commit.js';
import { shortHash } from '../shared/format.js';

/** Longest label of a commit, in UTF-16 units. */
const LABEL = 120;

/** The first line that says something. */
export function commitLabel(commit: Pick<StoredCommit, 'message' | 'contentType'>): string {
  const line = commit.message
    .split('\n')
    .map((text) => text.trim())
    .find((text) => text !== '');
  if (line === undefined) return commit.contentType;
  return line.length > LABEL ? `${line.slice(0, LABEL - 1)}…` : line;
}

/** Tokens of a commit's own text and tool calls. */
export function ownTokens(commit: StoredCommit): number {
  return commit.textTokens + commit.toolTokens;
}

const BY_OPERATION: Readonly<Record<string, string>> = {
  edit: 'edit',
  annotate: 'bookmark',
  compress: 'fold',
  reorder: 'list-ordered',
  merge: 'git-merge',
};
const BY_TYPE: Readonly<Record<string, string>> = {
  instruction: 'settings-gear',
  reasoning: 'lightbulb',
  artifact: 'file-code',
  output: 'output',
  freeform: 'json',
  session: 'notebook',
  config: 'gear',
  metadata: 'info',
};

/** The codicon of a commit's kind. */
export function commitIcon(commit: StoredCommit): string {
  const byOperation = BY_OPERATION[commit.operation];
  if (byOperation !== undefined) return byOperation;
  if (commit.contentType === 'tool_io') return commit.metadata?.['tool_call_id'] === undefined ? 'tools' : 'reply';
  if (commit.contentType === 'dialogue') return commit.generationConfig === null ? 'comment' : 'sparkle';
  return BY_TYPE[commit.contentType] ?? 'git-commit';
}

/** A name for documents and tabs: `1a2b3c4d`. */
export function commitName(commit: Pick<StoredCommit, 'commitHash'>): string {
  return shortHash(commit.commitHash);
}

/** The icon as quick picks take it. */
export function iconText(commit: StoredCommit): string {
  return `$(${commitIcon(commit)})`;
}

export function themeIcon(id: string, color?: string): vscode.ThemeIcon {
  return color === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}

/** `1 commit`, `12 commits`. */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
