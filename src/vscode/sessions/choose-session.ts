import { basename } from 'node:path';
import * as vscode from 'vscode';
import { age } from '../../shared/format.js';
import { findSessions, type FoundSession } from '../../transcripts/node/find-sessions.js';
import { sessionTitle } from '../../transcripts/node/session-title.js';

/** Sessions offered at once, newest first. */
const OFFERED = 50;

/** A row of a quick pick: a session of this workspace, or something else to choose. */
export interface SessionItem extends vscode.QuickPickItem {
  readonly session?: FoundSession;
}

/** The sessions of coding agents that worked in this workspace's folders, newest first (SPEC §14). */
export async function workspaceSessions(): Promise<readonly SessionItem[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const found = (await Promise.all(folders.map(({ uri }) => findSessions(uri.fsPath, { limit: OFFERED })))).flat();
  const newest = found.sort((a, b) => b.modifiedAt - a.modifiedAt).slice(0, OFFERED);
  return Promise.all(newest.filter(({ bytes }) => bytes > 0).map(sessionItem));
}

async function sessionItem(session: FoundSession): Promise<SessionItem> {
  const { path, format, bytes, modifiedAt } = session;
  const size = bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
  const agent = format === 'codex' ? 'Codex' : 'Claude Code';
  return {
    label: `$(sparkle) ${(await sessionTitle(path)) ?? basename(path, '.jsonl')}`,
    description: `${agent} · ${size} · ${age(new Date(modifiedAt).toISOString(), Date.now())}`,
    detail: basename(path),
    session,
  };
}
