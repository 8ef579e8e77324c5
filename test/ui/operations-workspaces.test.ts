import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, soon } from './support/eventually.js';
import { resetSoft } from './support/reset-soft.js';
import { gitIn, sampleRepository, subjectsIn } from './support/sample-repository.js';
import { Workbench } from './support/workbench.js';

const status = (folder: string) => gitIn(folder, 'status', '--porcelain=v2', '--untracked-files=all');

async function newestCommit(folder: string, count: number, subject: RegExp): Promise<void> {
  await soon(() => {
    assert.equal(subjectsIn(folder).length, count);
    assert.match(subjectsIn(folder)[0] ?? '', subject);
  });
}

describe('operation records in a workspace of several folders (§13 multi-root, Annex B.7)', () => {
  let workspace: string;
  let workbench: Workbench;
  let first: string;
  let second: string;
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'tract-roots-'));
    sampleRepository(join(workspace, 'first'));
    sampleRepository(join(workspace, 'second folder ü'));
    const folders = [{ path: 'first' }, { path: 'second folder ü', name: 'Second' }];
    writeFileSync(join(workspace, 'both.code-workspace'), JSON.stringify({ folders, settings: {} }));
    workbench = await Workbench.start({ workspace, workspaceFile: 'both.code-workspace' });
    first = join(workbench.folder, 'first');
    second = join(workbench.folder, 'second folder ü');
    // VS Code on a busy machine may have opened the workspace without the folders that its file names, until it is loaded again.
    await eventually(async () => {
      const shown = workbench.treeItem('first').waitFor({ timeout: 8000 });
      await shown.catch((error: unknown) => workbench.reload().then(() => Promise.reject(error as Error)));
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    rmSync(workspace, { recursive: true });
  });

  it('they go to the repository of the first folder; the others stay as they are', async () => {
    const before = [status(first), status(second)];
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile('first/sessions/first-session.jsonl', 'Import');
    await workbench.statusBarItem(/main\s/).waitFor();
    await workbench.runCommand('Tract: Keep Operation Records…');
    await workbench.pick(/^As files and commits/);
    await workbench.dialog.getByText(join(first, 'tract-ops')).waitFor();
    await workbench.answerDialog('Turn On');
    const file = join(workbench.folder, 'both.code-workspace');
    await soon(() => {
      assert.match(readFileSync(file, 'utf8'), /"tract\.ops\.durability": "git"/);
    });
    await resetSoft(workbench);
    await newestCommit(first, 2, /^op\(reset\): /);
    await soon(() => {
      assert.deepEqual([status(first), status(second)], before);
    });
    assert.equal(existsSync(join(second, 'tract-ops')), false);
    assert.deepEqual(subjectsIn(second), ['Sample']);
  });

  it('tract.ops.folder names another folder: from then on they go there, and nothing from before does', async () => {
    const before = [status(first), status(second)];
    const file = join(workbench.folder, 'both.code-workspace');
    const opened = JSON.parse(readFileSync(file, 'utf8')) as { settings: Record<string, unknown> };
    writeFileSync(file, JSON.stringify({ ...opened, settings: { ...opened.settings, 'tract.ops.folder': 'Second' } }));
    await workbench.reload();
    await workbench.statusBarItem(/main\s/).waitFor();
    await workbench.runCommand('Tract: Undo');
    await newestCommit(second, 2, /^op\(undo\): /);
    await soon(() => {
      assert.deepEqual([status(first), status(second)], before);
    });
    assert.equal(subjectsIn(first).length, 2);
    const names = readdirSync(join(second, 'tract-ops')).filter((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name));
    assert.equal(names.length, 1);
  });
});
