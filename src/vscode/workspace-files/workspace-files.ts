import * as vscode from 'vscode';
import { registerCommands } from '../commands/command.js';
import type { Contribution } from '../window.js';
import { addFiles } from './add-files.js';

/** Workspace files under a budget (SPEC §12). */
export const workspaceFiles: Contribution = {
  name: 'workspace files',
  register: (window) =>
    registerCommands(window, {
      // The Explorer gives the file clicked, then all that are selected.
      addFiles: (clicked, selected) => {
        const all: readonly unknown[] = Array.isArray(selected) ? selected : [clicked];
        const resources = all.filter((uri) => uri instanceof vscode.Uri);
        return addFiles(window, resources, clicked instanceof vscode.Uri ? undefined : clicked);
      },
    }),
};
