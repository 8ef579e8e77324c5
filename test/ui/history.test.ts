import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLlmServer, type LlmServer } from '../fixtures/llm-server.js';
import { crash } from './history/crash.js';
import { palette } from './history/palette.js';
import { expand, importFile, showContext } from './history/window.js';
import { localModel } from './support/local-model.js';
import { Workbench } from './support/workbench.js';

/** Issues 2 and 3 by clicking, in a window that shows toasts: what is told, browsed, rewound, undone, merged, refused, and kept through a crash and a reload. */
describe('the history in the window', () => {
  let server: LlmServer;
  let workbench: Workbench;
  before(async () => {
    server = await startLlmServer();
    workbench = await Workbench.start({ settings: localModel(server, 'chat') });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    await server.close();
  });

  const commit = /, [0-9a-f]{8}, /;
  const status = () => workbench.statusBarItem(/main\s/);
  const closeToasts = async () => {
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
  };
  for (const [what, name, content] of [
    ['an empty file', 'empty.jsonl', ''],
    ['a corrupt file', 'corrupt.jsonl', '{"type":"user","mess\u0000'],
    ['a foreign file', 'foreign.json', '{"name":"a package","version":"1.0.0"}'],
  ] as const)
    it(`${what} gives one message and changes nothing`, async () => {
      writeFileSync(join(workbench.folder, name), content);
      await importFile(workbench, name);
      await workbench.told(/[Nn]othing was imported/);
      const toasts = workbench.page.locator('.notification-toast').filter({ hasNotText: 'Importing' });
      assert.equal(await toasts.count(), 1);
      assert.equal(
        await workbench.page
          .locator('.statusbar-item')
          .filter({ hasText: / tok|\d%/ })
          .count(),
        0,
      );
      await closeToasts();
    });

  it('imports through the palette: a toast says what was left out, the tree shows tract, branch and commits', async () => {
    await importFile(workbench, 'sessions/first-session.jsonl');
    await workbench.told(/Imported first-session.jsonl: 46 commits, 12 compile records/);
    await workbench
      .toast(/Imported/)
      .getByRole('button', { name: 'Open Context' })
      .waitFor();
    await closeToasts();
    await workbench.openViewContainer('Tract');
    await workbench.treeItem(/main, 46 commits/).waitFor();
    await workbench.treeItem(commit).nth(3).waitFor();
  });

  it('shows the compiled context of HEAD in the panel', async () => {
    await showContext(workbench);
  });

  it('resets soft by clicking; Undo in the toast brings everything back', async () => {
    await workbench.chooseFromContextMenu(workbench.treeItem(commit).nth(3), 'Reset (Soft)…');
    await workbench.treeItem(/main, 43 commits/).waitFor();
    await workbench.answerToast(/3 commits left it; nothing was deleted/, 'Undo');
    await workbench.treeItem(/main, 46 commits/).waitFor();
  });

  it('has the menu of a commit on its row in the graph', async () => {
    await workbench
      .webview()
      .getByRole('tab', { name: /^Graph/ })
      .click();
    const row = workbench.webview().locator('.commit').nth(2);
    await workbench.chooseFromContextMenu(row, 'Create Branch…');
    await workbench.type('from-the-graph');
    await workbench.treeItem(/^from-the-graph, .*checked out/).waitFor();
    await workbench.runCommand('Tract: Checkout -');
    await status().waitFor();
    await workbench.treeItem(/^main, .*checked out/).waitFor();
    await workbench
      .webview()
      .getByRole('tab', { name: /^Context/ })
      .click();
  });

  it('checks out a commit from the tree, and goes back with Checkout -', async () => {
    const row = workbench.treeItem(commit).nth(3);
    await workbench.chooseFromContextMenu(row, 'Checkout…');
    await workbench.statusBarItem('(detached)').waitFor();
    await workbench.runCommand('Tract: Checkout -');
    await status().waitFor();
    // A tree that is drawn anew while a context menu is open takes the menu's row away.
    await workbench.treeItem(/^main, .*checked out/).waitFor();
  });

  it('resets hard after its question, and undo brings everything back', async () => {
    const before = await status().innerText();
    await workbench.chooseFromContextMenu(workbench.treeItem(commit).nth(4), 'Reset (Hard)…');
    await workbench.dialog.getByText(/\d+ commits \(~[\d,]+ tokens\) leave the branch/).waitFor();
    await workbench.answerDialog('Reset (Hard)');
    await workbench
      .statusBarItem(/main\s/)
      .filter({ hasNotText: before.trim() })
      .waitFor();
    await workbench.runCommand('Tract: Undo');
    await workbench.statusBarItem(before.trim()).waitFor();
  });

  it('a conflict is resolved in the merge editor; the history says how', async () => {
    await workbench.runCommand('Tract: New Tract…');
    await workbench.type('conflict');
    await workbench.treeItem(/^tract conflict, active/).waitFor();
    await workbench.runCommand('Tract: Commit Message…');
    await workbench.type('Write two sentences.');
    await workbench
      .treeItem(/main, 1 commit /)
      .or(workbench.treeItem(/main, 1 commit ·/))
      .first()
      .waitFor();
    await workbench.runCommand('Tract: Create Branch…');
    await workbench.type('side');
    await workbench.treeItem(/side, 1 commit · checked out/).waitFor();
    await edit('Write three points.');
    await workbench.treeItem(/side, 2 commits · checked out/).waitFor();
    await workbench.runCommand('Tract: Checkout…');
    await workbench.pick(/main/);
    await workbench.treeItem(/main, 1 commit · checked out/).waitFor();
    await edit('Write ten sentences.');
    await workbench.treeItem(/main, 2 commits · checked out/).waitFor();
    await workbench.runCommand('Tract: Merge Branch…');
    await workbench.pick(/side/);
    await workbench.pick(/Resolve One by One/);
    await workbench.treeItem(/Merging side, 1 of 1 conflict to resolve/).waitFor();
    await workbench.page.locator('.merge-editor').getByText('Accept Theirs', { exact: true }).first().click();
    await workbench.page.getByRole('button', { name: 'Save and Resolve' }).click();
    await expand(workbench.treeItem(/Merge branch 'side' into main/));
    await workbench.treeItem(/resolution, Write two sentences\., theirs taken/).waitFor();
  });

  async function edit(written: string): Promise<void> {
    await workbench.runCommand('Tract: Edit Commit…');
    await workbench.pick(/Write two sentences/);
    await workbench.page.locator('.monaco-editor .view-lines').getByText('Write two sentences.').click();
    await workbench.page.keyboard.press('ControlOrMeta+A');
    await workbench.page.keyboard.insertText(written);
    await workbench.page.keyboard.press('ControlOrMeta+S');
    await workbench.page.locator('.tab.dirty').waitFor({ state: 'detached' });
    await workbench.runCommand('View: Close All Editors');
  }

  palette(() => ({ workbench, server }));
  crash(() => ({ workbench, server }));
});
