import * as vscode from 'vscode';
import { registerCommands } from '../commands/command.js';
import { storeDirectory } from '../store/store-directory.js';
import type { Contribution, TractWindow } from '../window.js';
import { connectAgent } from './connect-agent.js';
import { announceMcp } from './definition-provider.js';
import { McpHost } from './mcp-host.js';

/** Loading the server must not hold up the first view of the store. */
const START_DELAY_MS = 1500;

/** Coding agents on this machine as users of the store (SPEC §15). */
export const mcp: Contribution = { name: 'mcp', register };

function register(window: TractWindow): vscode.Disposable {
  const directory = storeDirectory(window.context);
  // Agents are processes of this machine; a store elsewhere is out of their reach.
  if (directory === null) return new vscode.Disposable(() => undefined);
  const host = new McpHost(window, directory);
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void host.settle();
    }, START_DELAY_MS);
  };
  return vscode.Disposable.from(
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
    host,
    announceMcp(host),
    window.store.onDidOpen(settle),
    // The lock may be taken over, or lost.
    window.store.onDidChange(settle),
    vscode.workspace.onDidGrantWorkspaceTrust(settle),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('tract.mcp')) settle();
    }),
    registerCommands(window, {
      connectAgent: async () => {
        await window.store.open();
        await host.settle();
        return connectAgent(directory, host.server !== null);
      },
    }),
  );
}
