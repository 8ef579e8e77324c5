import { Workbench } from './support/workbench.js';

/** Issue 2: a session imported through the palette, browsed and rewound by clicking, there again after a reload. */
describe('a session in the window', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start();
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(() => workbench.stop());

  const status = () => workbench.statusBarItem(/main\s/);

  it('imports through the palette; the tree shows tract, branch and commits', async () => {
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile('sessions/first-session.jsonl', 'Import');
    await status().waitFor();
    await workbench.openViewContainer('Tract');
    await workbench
      .treeItem(/^branch|^main/)
      .first()
      .waitFor();
    await workbench
      .treeItem(/, [0-9a-f]{8}, /)
      .nth(3)
      .waitFor();
  });

  it('shows the compiled context of HEAD in the panel', async () => {
    await workbench.runCommand('Tract: Open Context Panel');
    await workbench
      .webview()
      .getByText(/\d+ messages/)
      .first()
      .waitFor();
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
    const row = workbench.treeItem(/, [0-9a-f]{8}, /).nth(3);
    await workbench.chooseFromContextMenu(row, 'Checkout…');
    await workbench.statusBarItem('(detached)').waitFor();
    await workbench.runCommand('Tract: Checkout -');
    await status().waitFor();
    // A tree that is drawn anew while a context menu is open takes the menu's row away.
    await workbench.treeItem(/^main, .*checked out/).waitFor();
  });

  it('resets hard after its question, and undo brings everything back', async () => {
    const before = await status().innerText();
    await workbench.chooseFromContextMenu(workbench.treeItem(/, [0-9a-f]{8}, /).nth(4), 'Reset (Hard)…');
    await workbench.dialog.getByText(/\d+ commits \(~[\d,]+ tokens\) leave the branch/).waitFor();
    await workbench.answerDialog('Reset (Hard)');
    await workbench
      .statusBarItem(/main\s/)
      .filter({ hasNotText: before.trim() })
      .waitFor();
    await workbench.runCommand('Tract: Undo');
    await workbench.statusBarItem(before.trim()).waitFor();
  });

  it('survives a reload of the window', async () => {
    const before = await status().innerText();
    await workbench.reload();
    await workbench.statusBarItem(before.trim()).waitFor();
    // The browser's workbench writes its layout now and then: whether the panel is back, and on which tab, is up to it.
    await workbench.runCommand('Tract: Open Context Panel');
    await workbench
      .webview()
      .getByRole('tab', { name: /^Context/ })
      .click();
    await workbench
      .webview()
      .getByText(/\d+ messages/)
      .first()
      .waitFor();
  });
});
