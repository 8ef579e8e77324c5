import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { startMcpServer, type McpHttpServer } from '../../../src/mcp/node/http-server.js';
import type { Tract } from '../../../src/library.js';
import { openTract } from '../core/support.js';

/** The inspector looks for its manifest from the folder it is started in. */
const BUILD = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector-cli'));

/** Issue 6: the MCP inspector's command line, which knows nothing of Tract, on a server over a real tract. */
describe('MCP server through the inspector from npm (SPEC §15)', () => {
  let tract: Tract;
  let server: McpHttpServer;
  const asked: string[] = [];
  before(async () => {
    tract = await openTract();
    await tract.system('You are helpful.');
    await tract.user('What is 2+2?');
    server = await startMcpServer({
      tract: () => tract,
      version: '1.2.3',
      confirm: ({ tool, consequence }) => {
        asked.push(consequence);
        return Promise.resolve(tool.name !== 'checkout_ref');
      },
    });
  });
  after(() => server.close());

  /** What the inspector prints. Each run is a process of its own, so they go side by side. */
  async function run(...args: string[]): Promise<string> {
    const all = ['index.js', server.url, '--transport', 'http', ...args];
    const { stdout } = await promisify(execFile)(process.execPath, all, {
      cwd: BUILD,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return stdout;
  }
  const inspect = async (method: string, ...more: string[]): Promise<unknown> =>
    JSON.parse(await run('--header', `Authorization: Bearer ${server.token}`, '--method', method, ...more));
  const callTool = (name: string, ...args: string[]) =>
    inspect('tools/call', '--tool-name', name, ...args.flatMap((arg) => ['--tool-arg', arg]));

  it('lists tools and resources, reads commits and contexts, calls tools; a refusal is an error', async () => {
    const head = tract.head ?? '';
    const [tools, templates, resources, context, commit, status, refused] = await Promise.all([
      inspect('tools/list'),
      inspect('resources/templates/list'),
      inspect('resources/list'),
      inspect('resources/read', '--uri', 'tract://context/HEAD~1'),
      inspect('resources/read', '--uri', `tract://commit/${head.slice(0, 8)}`),
      callTool('show_status'),
      callTool('checkout_ref', 'ref=HEAD~1'),
    ]);
    const names = (tools as { tools: { name: string }[] }).tools.map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      'annotate_commit',
      'checkout_ref',
      'commit_context',
      'compile_context',
      'compress_context',
      'create_branch',
      'list_records',
      'search_history',
      'show_diff',
      'show_log',
      'show_status',
    ]);
    assert.match(JSON.stringify(templates), /tract:\/\/context\/\{ref\}.*tract:\/\/commit\/\{ref\}/);
    const listed = (resources as { resources: { uri: string }[] }).resources.map(({ uri }) => uri);
    assert.deepEqual(listed.slice(0, 2), ['tract://context/HEAD', `tract://commit/${head}`]);
    assert.deepEqual(context, {
      contents: [{ uri: 'tract://context/HEAD~1', mimeType: 'text/markdown', text: '## system\n\nYou are helpful.\n' }],
    });
    assert.match(JSON.stringify(commit), new RegExp(`${head.slice(0, 8)} {2}append dialogue.*What is 2\\+2\\?`));
    assert.match(JSON.stringify(status), new RegExp(`main @ ${head.slice(0, 8)} \\| 2 commits`));
    assert.match(JSON.stringify(refused), /did not allow this.*"isError":true/);
    assert.deepEqual([tract.head, tract.currentBranch], [head, 'main']);
  });

  it('commits after the person agreed, and then lists the new commit', async () => {
    const made = await callTool('commit_context', 'text=Four.', 'role=assistant');
    assert.equal(asked.at(-1), 'Add one dialogue of 5 characters to main: “Four.”');
    assert.match(JSON.stringify(made), new RegExp(`Committed ${tract.head ?? ''}`));
    assert.equal((await tract.compile()).messages.at(-1)?.content, 'Four.');
  });

  it('gets nothing without the token', async () => {
    const failed = await run('--method', 'tools/list').catch((error: unknown) => error);
    assert.match(String((failed as { stderr?: string }).stderr), /401|token/i);
  });
});
