import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { ClaudeLines, text } from '../unit/transcripts/claude-lines.js';
import { killExtensionHosts } from './support/kill-extension-host.js';
import { Workbench } from './support/workbench.js';

/** Messages of the session during whose import the extension host dies. */
const MESSAGES = 6_000;

/** Issues 2 and 3 by clicking, in a window that shows toasts: what is told, browsed, rewound, undone, merged, refused, and kept through a crash and a reload. */
describe('the history in the window', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start({ installed: true });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(() => workbench.stop());

  const commit = /, [0-9a-f]{8}, /;
  const status = () => workbench.statusBarItem(/main\s/);
  const showContext = async () => {
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
  };
  const closeToasts = async () => {
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
  };
  const expand = async (row: Locator) => {
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.locator('.monaco-tl-twistie').click();
  };
  const importFile = async (path: string) => {
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile(path, 'Import');
  };

  for (const [what, name, content] of [
    ['an empty file', 'empty.jsonl', ''],
    ['a corrupt file', 'corrupt.jsonl', '{"type":"user","mess\u0000'],
    ['a foreign file', 'foreign.json', '{"name":"a package","version":"1.0.0"}'],
  ] as const)
    it(`${what} gives one message and changes nothing`, async () => {
      writeFileSync(join(workbench.folder, name), content);
      await importFile(name);
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
    await importFile('sessions/first-session.jsonl');
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
    await showContext();
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
    await workbench.page.keyboard.type(written);
    await workbench.page.keyboard.press('ControlOrMeta+S');
    await workbench.page.locator('.tab.dirty').waitFor({ state: 'detached' });
    await workbench.runCommand('View: Close All Editors');
  }

  it('the extension host killed in an import loses no reported commit; importing again completes', async () => {
    const lines = new ClaudeLines('long');
    for (let n = 0; n < MESSAGES / 2; n++)
      lines.user(`u${n}`, `question ${n}`).assistant(`a${n}`, `m${n}`, text(`answer ${n}`));
    writeFileSync(join(workbench.folder, 'long.jsonl'), lines.text);
    await importFile('long.jsonl');
    const progress = workbench.toast(/Importing long\.jsonl.*[1-9]\d* commits/s);
    await progress.waitFor();
    const reported = Number(/(\d+) commits/.exec(await progress.innerText())?.[1]);
    assert.equal(killExtensionHosts(workbench.dataDir), 1);
    assert.ok(reported > 0 && reported < MESSAGES, `${reported} commits were reported`);
    await workbench.reload();
    await workbench.openViewContainer('Tract');
    await workbench.treeItem(/^tract question 0/).waitFor();
    await showContext();
    await workbench.treeItem(/^tract `tally sum/).waitFor();
    await importFile('long.jsonl');
    const done = workbench.toast(/Imported long\.jsonl/);
    await done.waitFor({ timeout: 60_000 });
    const added = Number(/: ([\d,]+) commits/.exec(await done.innerText())?.[1]?.replace(',', ''));
    assert.ok(added > 0 && added <= MESSAGES - reported, `${reported} were there, ${added} were added`);
    await expand(workbench.treeItem(/^tract question 0, active/));
    await workbench.treeItem(/main, 6,000 commits/).waitFor();
  });
});
