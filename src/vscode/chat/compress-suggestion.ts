import * as vscode from 'vscode';
import { percent } from '../../shared/format.js';
import { contextBudget } from '../context-budget.js';
import { readSettings } from '../settings.js';
import type { TractWindow } from '../window.js';

/** Asks once when a context grows past the share at which compressing is worth it (SPEC §11). Never acts alone. */
export function compressSuggestion(window: TractWindow): vscode.Disposable {
  const asked = new Set<string>();
  const look = async (): Promise<void> => {
    const { opened } = window.store;
    const { suggestCompressAt } = readSettings().budget;
    if (!opened || opened.storage.readOnlyReason !== null || suggestCompressAt === null) return;
    const tract = await window.store.active();
    if (!tract) return;
    const { available } = contextBudget(opened, tract.tractId);
    const { tokenCount, unseenTokens, detached } = await tract.status();
    const share = available === null || available === 0 ? 0 : (tokenCount + unseenTokens) / available;
    if (share < suggestCompressAt || detached) {
      asked.delete(tract.tractId);
      return;
    }
    if (asked.has(tract.tractId)) return;
    asked.add(tract.tractId);
    await suggest(share);
  };
  return window.store.onDidChange(() => {
    look().catch((error: unknown) => {
      window.errors.report(error);
    });
  });
}

async function suggest(share: number): Promise<void> {
  const room = vscode.l10n.t('Make Room…');
  const settings = vscode.l10n.t('Settings');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('The context has {0} of its budget. Compress older messages, or leave it as it is?', percent(share)),
    room,
    vscode.l10n.t('Not Now'),
    settings,
  );
  if (chosen === room) await vscode.commands.executeCommand('tract.makeRoom');
  if (chosen === settings)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'tract.compress.suggestAt');
}
