import { basename } from 'node:path';
import * as vscode from 'vscode';
import { WindowError } from '../errors.js';
import { behindSession } from '../sessions/behind-session.js';
import { workspaceSessions } from '../sessions/choose-session.js';
import type { FollowedSession } from '../sessions/session-follow.js';
import type { TractWindow } from '../window.js';
import type { CommandTable } from './command.js';

/** Following a running session of a coding agent (SPEC §14 *Follow*, Annex B.9). */
export function followCommands(window: TractWindow): CommandTable {
  return {
    followSession: (session) => followSession(window, session),
    stopFollowing: async () => {
      await window.following.stop();
      vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('The session is not followed any more.')}`, 5000);
    },
    mergeSession: () => mergeSession(window),
  };
}

/** For programs: the session instead of the question. */
async function followSession(window: TractWindow, given: unknown): Promise<string | undefined> {
  const session = isSession(given) ? given : await chooseSession();
  if (session === undefined) return undefined;
  const title = vscode.l10n.t('Reading {0}', basename(session.path));
  const tractId = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    window.following.start(session),
  );
  if (tractId !== undefined) await window.store.activate(tractId);
  void tellFollowing(session);
  return tractId;
}

async function tellFollowing({ path }: FollowedSession): Promise<void> {
  const stop = vscode.l10n.t('Stop Following');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Following {0}: its messages and model calls appear here as the agent works.', basename(path)),
    stop,
  );
  if (chosen === stop) await vscode.commands.executeCommand('tract.stopFollowing');
}

async function chooseSession(): Promise<FollowedSession | undefined> {
  const items = await workspaceSessions();
  if (items.length === 0)
    throw new WindowError(
      vscode.l10n.t(
        'No session of Claude Code or Codex was found for the folders of this workspace. Start one there, or import a file.',
      ),
      ['tract.importSession'],
    );
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Follow Session'),
    placeHolder: vscode.l10n.t('The newest is on top. It is followed until you stop it, also after a reload.'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.session;
}

function isSession(value: unknown): value is FollowedSession {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string' &&
    'sessionId' in value &&
    typeof value.sessionId === 'string' &&
    'format' in value &&
    (value.format === 'claude-code' || value.format === 'codex')
  );
}

/** Brings a branch that stayed behind its session up to it, in the way the person chooses. */
async function mergeSession(window: TractWindow): Promise<unknown> {
  const store = await window.store.open();
  const tract = await window.store.requireActive();
  const { currentBranch: branch, tractId } = tract;
  const behind = branch === null ? null : behindSession(store, tractId, branch);
  if (!behind) throw new WindowError(vscode.l10n.t('This branch has everything that its session has.'));
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: `$(git-merge) ${vscode.l10n.t('Merge')}`,
        description: vscode.l10n.t('the session comes after what you did'),
        command: 'tract.merge',
      },
      {
        label: `$(repo-forked) ${vscode.l10n.t('Rebase')}`,
        description: vscode.l10n.t('what you did comes after the session'),
        command: 'tract.rebase',
      },
    ],
    { title: vscode.l10n.t('{0} is {1} commits behind its session', branch ?? '', behind.commits) },
  );
  return chosen && vscode.commands.executeCommand(chosen.command, { kind: 'session', tractId, commitHash: behind.tip });
}
