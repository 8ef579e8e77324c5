import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  closeSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Tract } from '../../src/library.js';
import { portableCrc32 } from '../../src/storage/journal/crc.js';
import { fileHeader } from '../../src/storage/journal/frame.js';
import { SCHEMA_VERSION } from '../../src/storage/sqljs/schema.js';
import { Workbench } from './support/workbench.js';

/** Issue 4, SPEC §16: the store in real windows: two at a time, backed up, damaged, newer, and on a disk that takes nothing. */
describe('the store in the window', () => {
  let first: Workbench;
  before(async () => {
    first = await Workbench.start();
  });
  afterEach(async function () {
    await first.screenshotOnFailure(this.currentTest);
  });
  after(() => first.stop());

  const commits = (window: Workbench) => window.treeItem(/, [0-9a-f]{8}, /);
  /** The status bar item of a window that is on this branch. */
  const on = (window: Workbench, branch: string) =>
    window.page.locator('[id="tract.tract.tract.status"]').filter({ hasText: branch });
  /** The extension is installed here, so its messages are shown at once. */
  const readOnly = (window: Workbench) => window.page.getByText(/^Read-only\. Open in another window: VS Code/).first();
  const details = (window: Workbench) => window.page.locator('.monaco-editor .view-lines').last();

  /** The folder of the one store on this server. */
  const storeFolder = (): string => {
    const root = join(first.dataDir, 'data', 'User', 'workspaceStorage');
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /[\\/]store$/.test(path));
    assert.equal(found.length, 1, `two windows have one store, not: ${found.join(' ')}`);
    return join(root, found[0] ?? '');
  };
  const logs = (): string[] =>
    readdirSync(storeFolder())
      .filter((name) => name.startsWith('log-'))
      .sort();
  const lastLog = (): string => join(storeFolder(), logs().at(-1) ?? '');
  const lock = (): { pid: number; released: boolean } => {
    const files = readdirSync(storeFolder()).filter((name) => /^lock-\d+\.json$/.test(name));
    return JSON.parse(readFileSync(join(storeFolder(), files.sort().at(-1) ?? ''), 'utf8')) as ReturnType<typeof lock>;
  };
  /** Leaves the page and waits until its extension host has given the store back. */
  const leave = async (window: Workbench): Promise<void> => {
    const { pid } = lock();
    await window.page.goto('about:blank');
    for (const giveUp = Date.now() + 20_000; Date.now() < giveUp && lock().pid === pid && !lock().released;)
      await window.page.waitForTimeout(100);
  };

  it('the second window reads and follows, its views and commands say who holds the store (§16)', async () => {
    await first.runCommand('Tract: Import Session…');
    await first.chooseFile('sessions/first-session.jsonl', 'Import');
    await first.statusBarItem(/main\s/).waitFor();
    const second = await first.secondWindow();
    await second.openViewContainer('Tract');
    await commits(second).first().waitFor();
    await readOnly(second).waitFor();
    await second.runCommand('Tract: Create Branch…');
    const refusal = second.toast(`open for writing in VS Code (process ${String(lock().pid)} on`);
    await refusal.filter({ hasText: 'Once it is closed, this window takes over by itself.' }).waitFor();
    await first.runCommand('Tract: Create Branch…');
    await first.type('made-by-the-first');
    await on(second, 'made-by-the-first').waitFor();

    // The first one goes: the second takes over without a restart, and writes.
    await leave(first);
    await readOnly(second).waitFor({ state: 'hidden' });
    await second.runCommand('Tract: Create Branch…');
    await second.type('made-by-the-second');
    await on(second, 'made-by-the-second').waitFor();
    await leave(second);
    await second.page.close();
  });

  it('a torn tail is cut and told, with its details behind a button; what was confirmed is there (§16)', async () => {
    appendFileSync(lastLog(), 'what a crash left of a write');
    await first.reload();
    await first.answerToast('nothing confirmed was lost', 'Show Details');
    await details(first)
      .getByText(/28\s+bytes\s+from\s+\d+\s+on/)
      .waitFor();
    await first.openViewContainer('Tract');
    await on(first, 'made-by-the-second').waitFor();
  });

  it('backs up, restores after a question in numbers, and brings the replaced store back with Undo (§16)', async () => {
    await first.runCommand('Tract: Back Up Store…');
    await first.page.getByRole('button', { name: 'Back Up Here' }).click();
    await first.told(/Backed up 1 tract with 46 commits/);
    const backup = readdirSync(first.folder).find((name) => name.startsWith('tract-backup-')) ?? '';
    await first.runCommand('Tract: Create Branch…');
    await first.type('after-the-backup');
    await on(first, 'after-the-backup').waitFor();
    await first.runCommand('Tract: Restore Store…');
    await first.page.getByRole('button', { name: 'Restore This' }).waitFor();
    await first.quickPickItem(backup).waitFor();
    await first.quickInput.fill(`${join(first.folder, backup)}/`);
    await first
      .quickPickItem(/log-00000001/)
      .or(first.quickPickItem('..'))
      .first()
      .waitFor();
    await first.page.getByRole('button', { name: 'Restore This' }).click();
    await first.dialog.getByText(/The backup holds 1 tract with 46 commits\./).waitFor();
    await first.answerDialog('Restore');
    await on(first, 'made-by-the-second').waitFor();
    await first.answerToast('Restored', 'Undo');
    await on(first, 'after-the-backup').waitFor();
    // Of many messages only the last three are shown.
    await first.runCommand('Notifications: Clear All Notifications');
    await first.runCommand('Tract: Doctor');
    await first.answerToast(/The store is healthy \([\d.]+ [kM]B\)/, 'Show Details');
    await details(first).getByText('Open for writing in this window.').waitFor();
  });

  it('a store of a newer version is opened for reading, and says so (§16)', async () => {
    await leave(first);
    const header = (version: number): void => {
      for (const name of logs()) {
        const file = openSync(join(storeFolder(), name), 'r+');
        writeSync(file, fileHeader(version, Number(/\d+/.exec(name)?.[0]), portableCrc32), 0, undefined, 0);
        closeSync(file);
      }
    };
    header(SCHEMA_VERSION + 1);
    await first.reload();
    await first.told(/read-only: It was written by a newer version of Tract/);
    await on(first, 'after-the-backup').waitFor();
    await leave(first);
    header(SCHEMA_VERSION);
  });

  it('a disk that takes nothing gives one message, and nothing pretends to be saved (§16)', async () => {
    // The next log file cannot be made: its name is taken by a folder.
    const aside = join(storeFolder(), 'aside');
    mkdirSync(aside);
    for (const name of readdirSync(storeFolder())) {
      if (/^(log|snapshot)-/.test(name)) renameSync(join(storeFolder(), name), join(aside, name));
    }
    mkdirSync(join(storeFolder(), 'log-00000001.tract'));
    await first.reload();
    await first.runCommand('Tract: New Tract…');
    await first.type('not to be kept');
    await first.told('The change could not be saved');
    assert.equal(await first.toast(/./).count(), 1);
    await first.openViewContainer('Tract');
    await first.page.getByRole('button', { name: 'New Tract…' }).waitFor();
    assert.equal(await first.treeItem(/not to be kept/).count(), 0);
    // The disk is well again: the next try works, without a restart.
    rmSync(join(storeFolder(), 'log-00000001.tract'), { recursive: true });
    await first.runCommand('Tract: New Tract…');
    await first.type('kept');
    await first.treeItem(/kept/).first().waitFor();
  });

  /** Annex B.13: a `.tract/` of the workspace is used only when the person chose it. */
  describe('Tract: Open Store…', () => {
    before(async () => {
      const tract = await Tract.open({ directory: join(first.folder, '.tract') });
      await tract.user('Made by the command line');
      await tract.branch('terminal');
      await tract.close();
    });

    const isOpen = (name: RegExp) => first.quickPickItem(name).filter({ hasText: 'now' });

    it('until then the workspace has a store of its own', async () => {
      await first.runCommand('Tract: New Tract…');
      await first.type('own');
      await first.statusBarItem('no commits').waitFor();
    });

    it('shows the .tract/ once it was chosen, after a reload, and the own store again when that is', async () => {
      await first.runCommand('Tract: Open Store…');
      await isOpen(/own store/).waitFor();
      await first.screenshot('open store');
      await first.pick(/^\.tract/);
      await first.dialog.getByText(join(first.folder, '.tract')).waitFor();
      await first.answerDialog('Reload Window');
      await first.statusBarItem(/terminal\s/).waitFor();

      await first.runCommand('Tract: Open Store…');
      await isOpen(/^\.tract/).waitFor();
      await first.pick(/own store/);
      await first.answerDialog('Reload Window');
      await first.statusBarItem('no commits').waitFor();
      const kept = await Tract.open({ directory: join(first.folder, '.tract') });
      assert.equal(kept.currentBranch, 'terminal');
      await kept.close();
    });
  });
});
