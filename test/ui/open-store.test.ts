import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE } from '../../scripts/vscode/paths.js';
import { Tract } from '../../src/library.js';
import { Workbench } from './support/workbench.js';

/** Annex B.13: a `.tract/` of the workspace is used only when the person chose it. */
describe('Tract: Open Store…', () => {
  let workspace: string;
  let workbench: Workbench;
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'tract-open-store-'));
    cpSync(SAMPLE, workspace, { recursive: true });
    const tract = await Tract.open({ directory: join(workspace, '.tract') });
    await tract.user('Made by the command line');
    await tract.branch('terminal');
    await tract.close();
    workbench = await Workbench.start({ workspace, installed: true });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    rmSync(workspace, { recursive: true });
  });

  const isOpen = (name: RegExp) => workbench.quickPickItem(name).filter({ hasText: 'now' });

  it('until then the workspace has a store of its own', async () => {
    await workbench.runCommand('Tract: New Tract…');
    await workbench.type('own');
    await workbench.statusBarItem('no commits').waitFor();
  });

  it('shows the .tract/ once it was chosen, after a reload, and the own store again when that is', async () => {
    await workbench.runCommand('Tract: Open Store…');
    await isOpen(/own store/).waitFor();
    await workbench.screenshot('open store');
    await workbench.pick(/^\.tract/);
    await workbench.dialog.getByText(join(workbench.folder, '.tract')).waitFor();
    await workbench.answerDialog('Reload Window');
    await workbench.statusBarItem(/terminal\s/).waitFor();

    await workbench.runCommand('Tract: Open Store…');
    await isOpen(/^\.tract/).waitFor();
    await workbench.pick(/own store/);
    await workbench.answerDialog('Reload Window');
    await workbench.statusBarItem('no commits').waitFor();
    const kept = await Tract.open({ directory: join(workbench.folder, '.tract') });
    assert.equal(kept.currentBranch, 'terminal');
    await kept.close();
  });
});
