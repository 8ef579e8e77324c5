import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workbench } from './support/workbench.js';

/** Issue 4, SPEC §16: the store in real windows – two at a time, damaged, out of disk, backed up and restored. */
describe('the store in the window', () => {
  let first: Workbench;
  let second: Workbench;
  before(async () => {
    first = await Workbench.start({ installed: true });
  });
  afterEach(async function () {
    await first.screenshotOnFailure(this.currentTest);
  });
  after(() => first.stop());

  /** The folder of the one store on this server. */
  const storeFolder = (): string => {
    const root = join(first.dataDir, 'data', 'User', 'workspaceStorage');
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /[\\/]store$/.test(path));
    assert.equal(found.length, 1, found.join(' '));
    return join(root, found[0] ?? '');
  };
  const logs = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('log-'))
      .sort();
  /** The process that has the lock. */
  const owner = (): number => {
    const folder = storeFolder();
    const top =
      readdirSync(folder)
        .filter((name) => /^lock-\d+\.json$/.test(name))
        .sort()
        .at(-1) ?? '';
    return (JSON.parse(readFileSync(join(folder, top), 'utf8')) as { pid: number }).pid;
  };
  const commits = (window: Workbench) => window.treeItem(/, [0-9a-f]{8}, /);

  it('is written by the first window; the second reads, follows live, and says who holds it (§16)', async () => {
    await first.runCommand('Tract: Import Session…');
    await first.chooseFile('sessions/first-session.jsonl', 'Import');
    await first.statusBarItem(/main\s/).waitFor();
    second = await first.secondWindow();
    await second.openViewContainer('Tract');
    await commits(second).first().waitFor();
    const pid = String(owner());
    await second.page
      .getByText(new RegExp(`Read-only. Open in another window: VS Code \\(process ${pid} on `))
      .first()
      .waitFor();
    await second.runCommand('Tract: Undo');
    await second.notification(new RegExp(`open for writing in VS Code \\(process ${pid}`)).waitFor();
    await second.notification('Once it is closed, this window takes over by itself.').waitFor();
    await second.screenshot('store-second-window');
    const before = await second.statusBarItem(/main\s/).innerText();
    await first.runCommand('Tract: Undo');
    await second
      .statusBarItem(/main\s/)
      .filter({ hasNotText: before.trim() })
      .or(second.page.getByText('nothing'))
      .first()
      .waitFor();
  });
});
