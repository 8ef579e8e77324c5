import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readEndpoint } from '../../src/mcp/node/endpoint-file.js';
import { Workbench } from './support/workbench.js';

/** Issue 6: a coding agent reaches the window's store through MCP; the person is asked in the window. */
describe('a coding agent and the window', () => {
  let workbench: Workbench;
  let client: Client;
  before(async () => {
    workbench = await Workbench.start();
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
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await client.close();
    await workbench.stop();
  });

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
