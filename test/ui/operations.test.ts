import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, startLlmServer, type LlmServer } from '../fixtures/llm-server.js';
import { writeOrphan } from '../fixtures/orphan.js';
import { eventually, soon } from './support/eventually.js';
import { resetSoft } from './support/reset-soft.js';
import { gitIn, SAMPLE_CHANGES, sampleRepository, subjectsIn } from './support/sample-repository.js';
import { localModel } from './support/local-model.js';
import { Workbench } from './support/workbench.js';

const ORPHAN = '01HZZZZZZZZZZZZZZZZZZZZZZZ';

/** Issue 8: operation records turned on by their one question, then committed by git while the person works. */
describe('operations that last, in the window (§13)', () => {
  let server: LlmServer;
  let origin: string;
  let workbench: Workbench;
  const git = (...args: string[]) => gitIn(workbench.folder, ...args);
  const row = (name: RegExp) => workbench.treeItem(name).first();
  const subjectsWhen = (count: number) =>
    soon(() => {
      const subjects = subjectsIn(workbench.folder);
      assert.ok(subjects.length >= count, `${count} commits, not: ${subjects.join(' | ')}`);
      return subjects;
    });

  before(async () => {
    server = await startLlmServer();
    origin = mkdtempSync(join(tmpdir(), 'tract-ops-ui-'));
    sampleRepository(origin);
    workbench = await Workbench.start({
      workspace: origin,
      settings: {
        ...localModel(server, 'chat'),
      },
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    await server.close();
    rmSync(origin, { recursive: true, force: true });
  });

  it('one question shows what will be written; nothing is before it is answered', async () => {
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile('sessions/first-session.jsonl', 'Import');
    await workbench.statusBarItem(/main\s/).waitFor();
    await workbench.runCommand('Tract: Keep Operation Records…');
    await workbench.pick(/^As files and commits/);
    await workbench.dialog.getByText(/op\(reset\): 01JC0+ \[01JD0000\]/).waitFor();
    await workbench.screenshot('operations question');
    assert.equal(git('status', '--porcelain'), SAMPLE_CHANGES);
    await workbench.answerDialog('Turn On');
    const settings = join(workbench.folder, '.vscode', 'settings.json');
    await soon(() => {
      assert.match(readFileSync(settings, 'utf8'), /"git"/);
    });
    // The choice is a setting of this folder: a file the person sees, and may commit.
    git('add', '.vscode');
    git('commit', '-q', '-m', 'Keep records', '--', '.vscode');
  });

  it('a reset, a checkout and an answer are a commit each; index and files stay as they were', async () => {
    const before = git('status', '--porcelain');
    assert.equal(before, SAMPLE_CHANGES);
    await resetSoft(workbench);
    assert.match((await subjectsWhen(3))[0] ?? '', /^op\(reset\): .+ \[[0-9A-Z]{8}\]$/);
    await workbench.runCommand('Tract: Set API Key…');
    await workbench.pick(/^local/);
    await workbench.type('sk-test-none');
    const usage = { prompt_tokens: 400, completion_tokens: 7, total_tokens: 407 };
    server.enqueue(answer({ text: 'A loopback answer.', usage }));
    await workbench.runCommand('Tract: Generate');
    assert.match((await subjectsWhen(4))[0] ?? '', /^op\(generate\): /);
    assert.equal(git('status', '--porcelain'), before);
    assert.equal(git('show', ':README.md'), 'staged\n');
    const names = git('log', '-2', '--format=', '--name-only')
      .trim()
      .split('\n')
      .filter((name) => name !== '');
    assert.ok(
      names.every((name) => name.startsWith('tract-ops/')),
      names.join(', '),
    );
    const written = readdirSync(join(workbench.folder, 'tract-ops'))
      .map((name) => readFileSync(join(workbench.folder, 'tract-ops', name), 'utf8'))
      .join('');
    assert.doesNotMatch(written, /loopback answer/);
  });

  it('the view lists them, newest first, with tokens', async () => {
    await workbench.openViewContainer('Tract');
    await workbench.runCommand('Tract: Focus on Operations View');
    await row(/^generate, done, 407 tok/).waitFor();
    await row(/^reset, done, ~/).waitFor();
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`operations view ${theme}`);
    }
  });

  it('from there: the record, the positions before and after, and undo', async () => {
    await workbench.chooseFromContextMenu(row(/^generate, done/), 'Open Record');
    await workbench.webview().getByText('fake-1').first().waitFor();
    await workbench.chooseFromContextMenu(row(/^generate, done/), 'Go to Position Before');
    await workbench.statusBarItem('(detached)').waitFor();
    await workbench.chooseFromContextMenu(row(/^checkout, done/), 'Undo');
    await workbench.statusBarItem(/main\s/).waitFor();
    await row(/^undo, done/).waitFor();
    assert.deepEqual(
      (await subjectsWhen(6)).slice(0, 2).map((subject) => subject.split(':')[0]),
      ['op(undo)', 'op(checkout)'],
    );
    assert.equal(git('status', '--porcelain'), SAMPLE_CHANGES);
  });

  it('an operation that never completed stands out, and is closed as abandoned', async () => {
    const path = writeOrphan(workbench.folder, ORPHAN);
    await workbench.runCommand('Tract: Check Operations…');
    await workbench.quickInput.waitFor();
    await workbench.screenshot('operations check');
    await workbench.page.keyboard.press('Escape');
    await row(/^merge, never completed/).waitFor();
    // However far down an old one stands: the view's title and a badge say so.
    const told = workbench.page.getByText('1 never completed');
    await told.waitFor();
    await workbench.page
      .locator('.part.activitybar')
      .getByRole('tab', { name: /1 operation never completed/ })
      .waitFor();
    await workbench.screenshot('operations orphan');
    const orphan = row(/^merge, never completed/);
    // While a view is refreshed VS Code knows none of its rows, and a command from the menu comes without one.
    await eventually(async () => {
      if ((await orphan.count()) === 0) return;
      await workbench.chooseFromContextMenu(orphan, 'Close Orphan as Abandoned');
      await orphan.waitFor({ state: 'detached', timeout: 5000 });
    });
    await row(/^merge, /).waitFor({ state: 'detached' });
    await told.waitFor({ state: 'detached' });
    assert.match(readFileSync(path, 'utf8'), /"outcome":"abandoned","closed_by":"doctor"/);
    await subjectsWhen(7);
    assert.equal(git('status', '--porcelain'), SAMPLE_CHANGES);
  });
});
