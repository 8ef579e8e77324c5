import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SAMPLE } from '../../scripts/vscode/paths.js';
import { eventually } from './support/eventually.js';
import { Workbench } from './support/workbench.js';

const gitIn = (folder: string, ...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
const subjects = (folder: string) => gitIn(folder, 'log', '--format=%s').trim().split('\n');
const status = (folder: string) => gitIn(folder, 'status', '--porcelain=v2', '--untracked-files=all');

const soon = (check: () => void) =>
  eventually(async () => {
    await Promise.resolve();
    check();
  });

/** The sample as a repository with one commit, one file half staged, another staged. */
function sampleRepository(folder: string): void {
  cpSync(SAMPLE, folder, { recursive: true });
  gitIn(folder, 'init', '-q', '-b', 'work');
  gitIn(folder, 'config', 'user.name', 'Ann');
  gitIn(folder, 'config', 'user.email', 'ann@example.org');
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-q', '-m', 'Sample');
  writeFileSync(join(folder, 'README.md'), 'staged\n');
  writeFileSync(join(folder, 'other ü.md'), 'staged\n');
  gitIn(folder, 'add', '-A');
  writeFileSync(join(folder, 'README.md'), 'staged, then changed\n');
}

async function resetSoft(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Tract: Reset (Soft)…');
  await workbench
    .quickPickItem(/[0-9a-f]{8}/)
    .nth(1)
    .click();
}

async function newestCommit(folder: string, count: number, subject: RegExp): Promise<void> {
  await soon(() => {
    assert.equal(subjects(folder).length, count);
    assert.match(subjects(folder)[0] ?? '', subject);
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
    workbench = await Workbench.start({ workspace, workspaceFile: 'both.code-workspace', installed: true });
    first = join(workbench.folder, 'first');
    second = join(workbench.folder, 'second folder ü');
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
    assert.deepEqual(subjects(second), ['Sample']);
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
    assert.equal(subjects(first).length, 2);
    const names = readdirSync(join(second, 'tract-ops')).filter((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name));
    assert.equal(names.length, 1);
  });
});

describe('operation records in a workspace that is not trusted (§13, §15)', () => {
  let workspace: string;
  let workbench: Workbench;
  let calls: string;
  const gitCalls = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'tract-restricted-'));
    sampleRepository(workspace);
    const tools = mkdtempSync(join(tmpdir(), 'tract-git-calls-'));
    calls = join(tools, 'calls.txt');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    writeFileSync(join(tools, 'git'), `#!/bin/sh\necho "$PWD $*" >> '${calls}'\nexec '${real}' "$@"\n`, {
      mode: 0o755,
    });
    mkdirSync(join(workspace, '.vscode'));
    const planted = { 'tract.ops.folder': 'planted', 'tract.ops.durability': 'git' };
    writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify(planted));
    workbench = await Workbench.start({
      workspace,
      restricted: true,
      installed: true,
      settings: { 'tract.ops.durability': 'git', 'git.enabled': false },
      // Started from a command line: VS Code then takes this PATH, and not that of a login shell.
      env: { VSCODE_CLI: '1', PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` },
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    rmSync(join(calls, '..'), { recursive: true });
    rmSync(workspace, { recursive: true });
  });

  it('off means off: whatever settings say, no file is written and no git is run before the person agreed', async () => {
    const before = status(workbench.folder);
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile('sessions/first-session.jsonl', 'Import');
    await workbench.statusBarItem(/main\s/).waitFor();
    await resetSoft(workbench);
    await workbench.runCommand('Tract: Focus on Operations View');
    await workbench
      .treeItem(/^reset, done/)
      .first()
      .waitFor();
    assert.equal(status(workbench.folder), before);
    assert.deepEqual(gitCalls(), []);
  });

  it('agreed: records are files, and still no git is run', async () => {
    const before = status(workbench.folder);
    await workbench.runCommand('Tract: Keep Operation Records…');
    await workbench.pick(/^As files and commits/);
    await workbench.dialog.getByText(/This workspace is not trusted: git is not run in it/).waitFor();
    await workbench.screenshot('operations question untrusted');
    await workbench.answerDialog('Turn On');
    const folder = join(workbench.folder, 'tract-ops');
    await eventually(async () => {
      await workbench.runCommand('Tract: Undo');
      assert.equal(existsSync(folder), true);
    });
    assert.equal(existsSync(join(workbench.folder, 'planted')), false);
    assert.deepEqual(subjects(workbench.folder), ['Sample']);
    const others = (text: string) => text.split('\n').filter((line) => !/ (tract-ops|\.vscode)\//.test(line));
    assert.deepEqual(others(status(workbench.folder)), others(before));
    assert.deepEqual(gitCalls(), []);
  });

  it('trusted: what waited is committed', async () => {
    // The planted folder would hold from now on.
    writeFileSync(join(workbench.folder, '.vscode', 'settings.json'), '{}');
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await soon(() => {
      assert.match(subjects(workbench.folder)[0] ?? '', /^op\((undo|reset)\): /);
    });
    assert.notDeepEqual(gitCalls(), []);
  });
});
