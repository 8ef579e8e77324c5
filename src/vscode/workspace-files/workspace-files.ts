import * as vscode from 'vscode';
import { registerCommands } from '../commands/command.js';
import type { Contribution } from '../window.js';
import { addFilesTool } from './add-files-tool.js';

/** Workspace files under a budget (SPEC §12). What it needs is loaded at the first use. */
export const workspaceFilesInContext: Contribution = {
  name: 'workspace files',
  register: (window) =>
    vscode.Disposable.from(
      registerCommands(window, {
        // The Explorer gives the file clicked, then all that are selected.
        addFiles: async (clicked, selected) => {
          const { addFiles } = await import('./add-files.js');
          const all: readonly unknown[] = Array.isArray(selected) ? selected : [clicked];
          const resources = all.filter((uri) => uri instanceof vscode.Uri);
          return addFiles(window, resources, clicked instanceof vscode.Uri ? undefined : clicked);
        },
        commitChangedFiles: async () => (await import('./commit-changed.js')).commitChangedFiles(window),
        summariseFile: async (file, options) =>
          (await import('./summarise-file.js')).summariseFile(window, file, options),
        setEmbeddingsKey: () => window.embeddings.setKey(),
      }),
      window.filePlans.onDidCommit((added) => {
        void import('./add-files.js').then(({ tellAdded }) => {
          tellAdded(window, added);
        });
      }),
      addFilesTool(window),
    ),
};
