import * as vscode from 'vscode';
import { registerCommands } from '../commands/command.js';
import type { Contribution, TractWindow } from '../window.js';
import { chooseTokenCounting } from './choose-counting.js';
import { commitSection } from './commit-section.js';
import { CountedDocuments } from './counted-documents.js';
import { countFolderTokens } from './folder-command.js';
import { InlineCounts } from './inline-counts.js';
import { tokenStatus } from './token-status.js';

/** Token counts where people write: in the text, in the status bar, of folders (SPEC §15). */
export const editor: Contribution = { name: 'editor', register };

function register(window: TractWindow): vscode.Disposable {
  const { tokenizers, backgroundCounter: background, log } = window;
  const documents = new CountedDocuments({ tokenizers, background, log });
  return vscode.Disposable.from(
    documents,
    new InlineCounts(documents),
    tokenStatus(documents),
    registerCommands(window, {
      chooseTokenCounting,
      toggleInlineCounts,
      commitSection: (argument) => commitSection(documents, argument),
      countFolderTokens: (argument) => countFolderTokens(background, argument),
    }),
  );
}

/** The one switch: shows or hides the counts in the text of every editor. */
async function toggleInlineCounts(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('tract.inlineCounts');
  const enabled = settings.get<boolean>('enabled') !== false;
  const inWorkspace = settings.inspect('enabled')?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await settings.update('enabled', !enabled, target);
}
