import type { Locator } from 'playwright-core';
import type { LlmServer } from '../../fixtures/llm-server.js';
import type { Workbench } from '../support/workbench.js';

/** What the tests of one window share. */
export interface HistoryWindow {
  readonly workbench: Workbench;
  /** The provider `local`, whose `fake-1` is the model for the chat. */
  readonly server: LlmServer;
}

/** Opens the context panel on its first tab. */
export async function showContext(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Tract: Open Context Panel');
  // The browser's workbench writes its layout now and then: after a reload the panel may be back on any tab.
  await workbench
    .webview()
    .getByRole('tab', { name: /^Context/ })
    .click();
  await workbench
    .webview()
    .getByText(/\d+ messages?/)
    .first()
    .waitFor();
}

/** Opens a row of a tree, where it is not open. */
export const expand = (row: Locator): Promise<void> => setExpanded(row, true);

/** Closes a row of a tree, where it is open. */
export const collapse = (row: Locator): Promise<void> => setExpanded(row, false);

async function setExpanded(row: Locator, open: boolean): Promise<void> {
  await row.waitFor();
  if ((await row.getAttribute('aria-expanded')) !== String(open)) await row.locator('.monaco-tl-twistie').click();
}

/** Imports a file of the workspace through the palette. */
export async function importFile(workbench: Workbench, path: string): Promise<void> {
  await workbench.runCommand('Tract: Import Session…');
  await workbench.chooseFile(path, 'Import');
}
