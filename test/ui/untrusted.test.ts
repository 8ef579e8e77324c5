import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE } from '../../scripts/vscode/paths.js';
import { startEmbeddingsServer, type EmbeddingsServer } from '../fixtures/embeddings-server.js';
import { startLlmServer, type LlmServer } from '../fixtures/llm-server.js';
import { Workbench } from './support/workbench.js';
import { eventually } from './support/eventually.js';

/** SPEC §15: in a workspace that is not trusted no model is called, and no endpoint is taken from its settings. */
describe('an untrusted workspace', () => {
  let server: LlmServer;
  let embeddings: EmbeddingsServer;
  let workspace: string;
  let workbench: Workbench;
  before(async () => {
    server = await startLlmServer();
    embeddings = await startEmbeddingsServer();
    workspace = mkdtempSync(join(tmpdir(), 'tract-untrusted-'));
    cpSync(SAMPLE, workspace, { recursive: true });
    mkdirSync(join(workspace, '.vscode'), { recursive: true });
    const providers = { planted: { protocol: 'openai', baseURL: server.openAI, models: ['planted-1'] } };
    const settings = {
      'tract.providers': providers,
      'tract.model.chat': 'planted/planted-1',
    };
    writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
    workbench = await Workbench.start({
      workspace,
      restricted: true,
      settings: {
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
});
