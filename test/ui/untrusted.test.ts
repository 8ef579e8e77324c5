import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startEmbeddingsServer, type EmbeddingsServer } from '../fixtures/embeddings-server.js';
import { startLlmServer, type LlmServer } from '../fixtures/llm-server.js';
import { eventually, soon } from './support/eventually.js';
import { resetSoft } from './support/reset-soft.js';
import { gitIn, sampleRepository, subjectsIn } from './support/sample-repository.js';
import { Workbench } from './support/workbench.js';

/** SPEC §15, §13: in a workspace that is not trusted no model is called, no git is run, and its settings choose no endpoint and no folder. */
describe('an untrusted workspace', () => {
  let server: LlmServer;
  let embeddings: EmbeddingsServer;
  let workspace: string;
  let workbench: Workbench;
  /** What git was run with, a line each. */
  let calls: string;
  const gitCalls = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
  const status = () => gitIn(workbench.folder, 'status', '--porcelain=v2', '--untracked-files=all');
  before(async () => {
    server = await startLlmServer();
    embeddings = await startEmbeddingsServer();
    workspace = mkdtempSync(join(tmpdir(), 'tract-untrusted-'));
    sampleRepository(workspace);
    const tools = mkdtempSync(join(tmpdir(), 'tract-git-calls-'));
    calls = join(tools, 'calls.txt');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    writeFileSync(join(tools, 'git'), `#!/bin/sh\necho "$PWD $*" >> '${calls}'\nexec '${real}' "$@"\n`, {
      mode: 0o755,
    });
    mkdirSync(join(workspace, '.vscode'));
    const providers = { planted: { protocol: 'openai', baseURL: server.openAI, models: ['planted-1'] } };
    const planted = {
      'tract.providers': providers,
      'tract.model.chat': 'planted/planted-1',
      'tract.ops.folder': 'planted',
      'tract.ops.durability': 'git',
    };
    writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify(planted));
    workbench = await Workbench.start({
      workspace,
      restricted: true,
      // Started from a command line: VS Code then takes this PATH, and not that of a login shell.
      env: { VSCODE_CLI: '1', PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` },
      settings: {
        'tract.ops.durability': 'git',
        'git.enabled': false,
        'tract.embeddings.enabled': true,
        'tract.embeddings.endpoint': embeddings.url,
        'tract.embeddings.model': 'fake',
        'tract.embeddings.dimensions': 3,
      },
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    await server.close();
    await embeddings.close();
    rmSync(join(calls, '..'), { recursive: true });
    rmSync(workspace, { recursive: true });
  });

  it('commits and shows contexts, but sends nothing and says why', async () => {
    await workbench.runCommand('Tract: New Tract…');
    await workbench.type('careful');
    await workbench.statusBarItem('no commits').waitFor();
    await workbench.runCommand('Tract: Open Context Panel');
    const message = workbench.webview().locator('.composer textarea');
    await message.waitFor();
    const why = workbench.webview().getByRole('status').getByText('Models are called in trusted workspaces only.');
    await why.waitFor();
    await eventually(async () => {
      assert.equal(await message.isDisabled(), true);
    });
    assert.equal(await workbench.webview().getByText('planted-1').count(), 0);
    await workbench.screenshot('untrusted');
    assert.equal(server.requests.length, 0);
  });

  it('ranks files by their words, though the person has embeddings turned on (§12)', async () => {
    await workbench.runCommand('Tract: Add Workspace Files to Context…');
    await workbench.webview().getByRole('textbox', { name: 'What you want to do' }).fill('review a prompt');
    await workbench.webview().locator('.plan-bar').getByText('lexical: unavailable').waitFor();
    await workbench
      .webview()
      .getByRole('row', { name: /^prompts\/review\.prompt\.md, kept/ })
      .waitFor();
    assert.equal(embeddings.requests.length, 0);
  });

  describe('operation records (§13)', () => {
    it('off means off: whatever settings say, no file is written and no git is run before the person agreed', async () => {
      const before = status();
      await workbench.runCommand('Tract: Import Session…');
      await workbench.chooseFile('sessions/first-session.jsonl', 'Import');
      await workbench.statusBarItem(/main\s+~/).waitFor();
      await resetSoft(workbench);
      await workbench.runCommand('Tract: Focus on Operations View');
      await workbench
        .treeItem(/^reset, done/)
        .first()
        .waitFor();
      assert.equal(status(), before);
      assert.deepEqual(gitCalls(), []);
    });

    it('agreed: records are files, and still no git is run', async () => {
      const before = status();
      await workbench.runCommand('Tract: Keep Operation Records…');
      await workbench.pick(/^As files and commits/);
      await workbench.dialog.getByText(/This workspace is not trusted: git is not run in it/).waitFor();
      await workbench.screenshot('operations question untrusted');
      await workbench.answerDialog('Turn On');
      const folder = join(workbench.folder, 'tract-ops');
      // The answer holds a moment after its dialog has gone; an operation before that leaves no file.
      for (let tries = 0; tries < 10 && !existsSync(folder); tries++) {
        await workbench.runCommand(tries % 2 === 0 ? 'Tract: Undo' : 'Tract: Redo');
        await workbench.page.waitForTimeout(500);
      }
      await soon(() => {
        assert.equal(existsSync(folder), true);
      });
      assert.equal(existsSync(join(workbench.folder, 'planted')), false);
      assert.deepEqual(subjectsIn(workbench.folder), ['Sample']);
      const others = (text: string) => text.split('\n').filter((line) => !/ (tract-ops|\.vscode)\//.test(line));
      assert.deepEqual(others(status()), others(before));
      assert.deepEqual(gitCalls(), []);
    });

    it('trusted: what waited is committed', async () => {
      // The planted folder would hold from now on.
      writeFileSync(join(workbench.folder, '.vscode', 'settings.json'), '{}');
      await workbench.runCommand('Workspaces: Manage Workspace Trust');
      await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
      await soon(() => {
        assert.match(subjectsIn(workbench.folder)[0] ?? '', /^op\((undo|redo|reset)\): /);
      });
      assert.notDeepEqual(gitCalls(), []);
    });
  });
});
