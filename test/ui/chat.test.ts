import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readEndpoint } from '../../src/mcp/node/endpoint-file.js';
import { answer, startLlmServer, status, type LlmServer } from '../fixtures/llm-server.js';
import { localModel } from './support/local-model.js';
import { Workbench } from './support/workbench.js';
import { eventually } from './support/eventually.js';

/** No real one, and nothing else looks like it. */
const KEY = 'sk-test-KEEP-0f1e2d3c4b5a';

/** Issue 6: a conversation in the panel, with records, tokens and budget moving, against a loopback server. */
describe('a conversation in the panel', () => {
  let server: LlmServer;
  let workbench: Workbench;
  before(async () => {
    server = await startLlmServer();
    workbench = await Workbench.start({
      settings: {
        ...localModel(server, 'chat'),
        'tract.models': { 'fake-1': { contextWindow: 1000 } },
      },
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    await server.close();
  });

  const panel = () => workbench.webview();
  const say = async (text: string) => {
    const box = panel().locator('.composer textarea');
    await box.fill(text);
    // The panel may learn of its model after it is drawn; until then Enter sends nothing.
    await panel().getByRole('button', { name: /^Send/, disabled: false }).waitFor();
    await box.press('Enter');
  };

  it('keeps a key by its command', async () => {
    await workbench.runCommand('Tract: Set API Key…');
    await workbench.pick(/^local/);
    await workbench.page.locator('.quick-input-widget input[type=password]').waitFor();
    await workbench.type(KEY);
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  });

  it('streams the answer, commits it, and moves records, tokens and budget', async () => {
    await workbench.runCommand('Tract: New Tract…');
    await workbench.type('talk');
    await workbench.statusBarItem('no commits').waitFor();
    await workbench.runCommand('Tract: Open Context Panel');
    await panel().locator('.composer textarea').waitFor();
    const usage = { prompt_tokens: 400, completion_tokens: 7, total_tokens: 407 };
    server.enqueue(answer({ text: 'Four, as ever since arithmetic began.', usage }, { delayMs: 150 }));
    await say('What is 2+2?');
    await panel().locator('.streaming-text').getByText('Four').waitFor();
    await workbench.screenshot('chat streaming');
    await panel().locator('.streaming').waitFor({ state: 'detached' });
    await panel().getByText('Four, as ever since arithmetic began.').first().waitFor();
    await workbench.statusBarItem(/main\s+~\d+ \/ 1k/).waitFor();

    const [request] = server.requests;
    assert.equal(request?.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(request.json()['messages'], [{ role: 'user', content: 'What is 2+2?' }]);

    await workbench.runCommand('Tract: Show Compile Records');
    await panel().getByText('400').first().waitFor();
    await panel().getByText('fake-1').first().waitFor();
    await workbench.screenshot('chat record');
  });

  it('sends the second message after the first answer, and says what failed with a button that helps', async () => {
    await workbench.runCommand('Tract: Open Context Panel');
    await panel()
      .getByRole('tab', { name: /^Context/ })
      .click();
    server.enqueue(status(401, { error: { message: `bad key ${KEY}` } }));
    await say('And 3+3?');
    await panel().locator('.notice.error').getByRole('button', { name: 'Set API Key…' }).waitFor();
    assert.doesNotMatch(await panel().locator('.notice.error').innerText(), /KEEP/);
    assert.equal((server.requests[1]?.json()['messages'] as unknown[]).length, 3);
    await workbench.screenshot('chat failed');
    await panel().getByRole('button', { name: 'Dismiss' }).click();
    await panel().locator('.notice.error').waitFor({ state: 'detached' });
  });

  it('stops an answer; its record says cancelled, and nothing of it is committed (§7)', async () => {
    server.enqueue(answer({ text: 'This will never end.' }, { events: 3, then: 'stall' }));
    await say('Tell me a story.');
    await panel().locator('.streaming-text').getByText('This').waitFor();
    await panel().getByRole('button', { name: 'Stop' }).click();
    await panel().locator('.streaming').waitFor({ state: 'detached' });
    await server.requests.at(-1)?.aborted;
    await panel()
      .getByRole('tab', { name: /^Records/ })
      .click();
    await panel().getByLabel('Cancelled (CANCELLED)').first().waitFor();
    await panel()
      .getByRole('tab', { name: /^Context/ })
      .click();
    await panel().getByText('Tell me a story.').first().waitFor();
    assert.equal(await panel().getByText('This will').count(), 0);
  });

  it('suggests to compress at a set share, and does nothing by itself (§11)', async () => {
    for (const letter of ['a', 'b', 'c']) {
      const answered = server.requests.length + 1;
      await say(`${letter} `.repeat(285));
      await server.received(answered);
      await panel().locator('.streaming').waitFor({ state: 'detached' });
    }
    const toast = await workbench.told(/The context has 9\d% of its budget\. Compress older messages/);
    assert.equal(await panel().getByText('Summary').count(), 0);
    await toast.getByRole('button', { name: 'Not Now' }).click();
  });

  it('never sends what the model cannot take, gives the message back, and says what makes room (§11)', async () => {
    const sent = server.requests.length;
    await say('too much '.repeat(100));
    const notice = panel().locator('.notice.error');
    await notice.getByText(/~1\d{3} tokens and the model takes 1000\. It was not sent/).waitFor();
    await notice.getByRole('button', { name: /^Compress the older \d+ messages \(frees ~\d+\)/ }).waitFor();
    assert.equal(await notice.getByRole('button', { name: /tool result/ }).count(), 0, 'there are none to skip');
    await workbench.screenshot('chat too large');
    assert.equal(await panel().getByText('too much').count(), 0, 'it is no commit');
    await notice.getByRole('button', { name: 'Edit Message' }).click();
    await eventually(async () => {
      assert.match(await panel().locator('.composer textarea').inputValue(), /^too much too much/);
    });
    await panel().getByRole('alert').getByText('over the budget').waitFor();
    assert.equal(server.requests.length, sent);
  });

  it('makes room: a model writes the summary, the person sees it, edits it, and approves the figures (§9.4)', async () => {
    await panel().locator('.composer textarea').press('Enter');
    await panel()
      .locator('.notice.error')
      .getByRole('button', { name: /^Compress the older/ })
      .click();
    server.enqueue(answer({ text: 'They said many letters.' }));
    await workbench.pick(/Let local\/fake-1 write the summary/);
    const compress = await workbench.draftButton('Compress');
    await workbench.page
      .locator('.codelens-decoration')
      .getByText(/edit the summary that stands for them; it must have fewer tokens/)
      .waitFor();
    await workbench.page.locator('.monaco-editor').getByText('They said many letters.').waitFor();
    await workbench.screenshot('chat summary');
    await workbench.page.keyboard.insertText('EDITED ');
    await compress.click();
    await workbench.dialog.getByText(/Before: ~\d+ tokens in \d+ messages\. After: ~\d+ tokens in 1 summary/).waitFor();
    await workbench.screenshot('chat summary approve');
    await workbench.answerDialog('Compress');
    const done = await workbench.told(/Compressed \d+ messages: ~\d+ → ~\d+ tokens/);
    await done.getByRole('button', { name: 'Undo' }).waitFor();
    await panel().getByText('EDITED They said many letters.').first().waitFor();
    const prompt = JSON.stringify(server.requests.at(-1)?.json()['messages']);
    assert.match(prompt, /<<<MATERIAL message 1, user\\nWhat is 2\+2\?/);
  });

  it('leaves the key in no settings, log, store or other file in the clear (§17)', () => {
    const files = [workbench.dataDir, workbench.folder].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.includes('CachedExtension'))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    assert.ok(
      files.some((file) => file.includes('tract.tract')),
      'the store is among them',
    );
    const holding = files.filter((file) => readFileSync(file).includes(KEY));
    assert.deepEqual(holding, []);
  });

  /** Issue 6: a coding agent reaches the window's store through MCP; the person is asked in the window. */
  describe('a coding agent and the window', () => {
    let client: Client;
    before(async () => {
      await workbench.runCommand('Tract: New Tract…');
      await workbench.type('shared');
      await workbench.statusBarItem('no commits').waitFor();
      const endpoint = await waitForEndpoint(workbench.dataDir);
      client = new Client({ name: 'test', version: '1' });
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${endpoint.port}/mcp`), {
          requestInit: { headers: { authorization: `Bearer ${endpoint.token}` } },
        }),
      );
    });
    after(() => client.close());

    const commit = (text: string) => client.callTool({ name: 'commit_context', arguments: { text } });

    it('reads without asking', async () => {
      const { content } = await client.callTool({ name: 'show_status', arguments: {} });
      assert.match(JSON.stringify(content), /0 messages|No commits|no commits/);
    });

    it('commits after the person allowed it (Annex B.13)', async () => {
      const call = commit('We use tabs.');
      await workbench.dialog.getByText('We use tabs.').waitFor();
      await workbench.screenshot('agent asks');
      await workbench.answerDialog('Allow');
      assert.match(JSON.stringify((await call).content), /Committed [0-9a-f]{64}/);
      await workbench.statusBarItem(/main\s+~\d+/).waitFor();
    });

    it('changes nothing when the person says no', async () => {
      const call = commit('We use spaces.');
      await workbench.answerDialog('Cancel');
      assert.equal((await call).isError, true);
      const { content } = await client.callTool({ name: 'show_log', arguments: {} });
      assert.doesNotMatch(JSON.stringify(content), /spaces/);
    });
  });
});

/** Until the window has written where it listens; checks that the file is private. */
async function waitForEndpoint(dataDir: string) {
  for (const giveUp = Date.now() + 20_000; Date.now() < giveUp;) {
    const file = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('mcp.json'));
    if (file !== undefined) {
      const path = join(dataDir, file);
      if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
      const endpoint = await readEndpoint(dirname(path));
      if (endpoint) return endpoint;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The window wrote no endpoint file.');
}
