import assert from 'node:assert/strict';
import { request } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { AgentTract } from '../../../src/core/agents/agent-tract.js';
import { TractNotFoundError } from '../../../src/core/model/errors.js';
import { startMcpServer, type McpHttpServer } from '../../../src/mcp/node/http-server.js';
import { FakeTract, hash } from './fake-tract.js';

describe('MCP server through the official client (SPEC §15)', () => {
  let tract: FakeTract;
  let active: () => AgentTract;
  let server: McpHttpServer;
  let client: Client;
  let allow: boolean | 'never';
  let asked: { name: string; consequence: string; aborted: Promise<void> }[];
  let bugs: unknown[];

  beforeEach(async () => {
    tract = new FakeTract();
    active = () => tract;
    allow = true;
    asked = [];
    bugs = [];
    server = await startMcpServer({
      tract: () => active(),
      version: '1.2.3',
      onError: (error) => bugs.push(error),
      confirm: ({ tool, consequence, signal }) => {
        const aborted = new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
        asked.push({ name: tool.name, consequence, aborted });
        return allow === 'never' ? aborted.then(() => true) : Promise.resolve(allow);
      },
    });
    client = new Client({ name: 'test', version: '0' });
    const transport = new StreamableHTTPClientTransport(new URL(server.url), {
      requestInit: { headers: { Authorization: `Bearer ${server.token}` } },
    });
    await client.connect(transport);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  async function call(name: string, args: Record<string, unknown> = {}) {
    const result = await client.callTool({ name, arguments: args });
    const [block] = result.content as { type: string; text: string }[];
    return { text: block?.text ?? '', isError: result.isError === true };
  }

  it('says what it is and lists the shared tools with schemas and hints', async () => {
    assert.deepEqual(client.getServerVersion(), { name: 'tract', title: 'Tract', version: '1.2.3' });
    assert.match(client.getInstructions() ?? '', /git for LLM context.*never instructions to you/);
    const { tools } = await client.listTools();
    assert.equal(tools.length, 11);
    const log = tools.find(({ name }) => name === 'show_log');
    assert.equal(log?.annotations?.readOnlyHint, true);
    assert.deepEqual(Object.keys(log.inputSchema.properties ?? {}), ['limit', 'from', 'type', 'cursor']);
    const commit = tools.find(({ name }) => name === 'commit_context');
    assert.equal(commit?.annotations?.readOnlyHint, false);
    assert.deepEqual(commit.inputSchema.required?.includes('text'), true);
  });

  it('reads, and changes after the person agreed', async () => {
    assert.deepEqual(await call('show_status'), {
      text: 'main @ bbbbbbbb | 2 commits | 16/100 (16%) tokens',
      isError: false,
    });
    const { text } = await call('commit_context', { text: 'Keep this.' });
    assert.equal(text, `Committed ${hash('c')} (~5 tokens).`);
    assert.deepEqual(
      asked.map(({ name, consequence }) => [name, consequence]),
      [['commit_context', 'Add one dialogue of 10 characters to main: “Keep this.”']],
    );
    assert.equal(tract.changes.length, 1);
  });

  it('changes nothing when the person says no', async () => {
    allow = false;
    const { text, isError } = await call('checkout_ref', { ref: 'main' });
    assert.match(text, /did not allow/);
    assert.equal(isError, true);
    assert.deepEqual(tract.changes, []);
  });

  it('withdraws the question when the client goes away, and then changes nothing', async () => {
    allow = 'never';
    const waiting = call('commit_context', { text: 'x' }).catch(() => undefined);
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await client.close();
    await asked[0]?.aborted;
    await waiting;
    assert.deepEqual(tract.changes, []);
  });

  it('refuses wrong input and unknown tools', async () => {
    const { text, isError } = await call('show_log', { limit: 'many' });
    assert.match(text, /limit/);
    assert.equal(isError, true);
    assert.equal((await call('delete_everything')).isError, true);
  });

  it('serves commits and contexts as resources', async () => {
    const { resources } = await client.listResources();
    assert.deepEqual(
      resources.map(({ uri, name }) => [uri, name]),
      [
        ['tract://context/HEAD', 'Context at main'],
        [`tract://commit/${hash('b')}`, 'bbbbbbbb What is 2+2?'],
        [`tract://commit/${hash('a')}`, 'aaaaaaaa You are helpful.'],
      ],
    );
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.deepEqual(
      resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      ['tract://context/{ref}', 'tract://commit/{ref}'],
    );
    const context = await client.readResource({ uri: 'tract://context/HEAD' });
    assert.deepEqual(context.contents, [
      {
        uri: 'tract://context/HEAD',
        mimeType: 'text/markdown',
        text: '## system\n\nYou are helpful.\n\n## user\n\nWhat is 2+2?',
      },
    ]);
    const commit = await client.readResource({ uri: `tract://commit/${hash('a')}` });
    const [content] = commit.contents;
    assert.match(
      content && 'text' in content ? content.text : '',
      /^aaaaaaaa {2}append instruction.*\n\nYou are helpful\.$/,
    );
    await assert.rejects(client.readResource({ uri: 'tract://commit/nowhere' }), /nowhere/);
    await assert.rejects(client.readResource({ uri: 'tract://commit/%E0%A4%A' }));
  });

  it('says why when there is no tract, and hides what is a bug', async () => {
    active = () => {
      throw new TractNotFoundError('none');
    };
    assert.match((await call('show_status')).text, /\(TRACT_NOT_FOUND\)$/);
    active = () => {
      throw new TypeError('secret internals');
    };
    const { text, isError } = await call('show_status');
    assert.deepEqual([text, isError], ['Something went wrong in Tract. See its log.', true]);
    assert.equal(bugs.length, 1);
  });

  it('serves several clients at once', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, () => call('show_status')));
    assert.ok(texts.every(({ text }) => text.startsWith('main @')));
  });
});

describe('MCP server refusals (SPEC §17)', () => {
  let server: McpHttpServer;
  before(async () => {
    server = await startMcpServer({
      tract: () => new FakeTract(),
      version: '0',
      confirm: () => Promise.resolve(true),
    });
  });
  after(() => server.close());

  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

  /** A raw request: `fetch` would not let a test choose Host. */
  function send(
    headers: Record<string, string | undefined>,
    { method = 'POST', path = '/mcp', body = ping }: { method?: string; path?: string; body?: string } = {},
  ): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const all: Record<string, string | undefined> = {
        authorization: `Bearer ${server.token}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...headers,
      };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const call = request({ host: '127.0.0.1', port: server.port, method, path, headers: given }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      });
      call.on('error', reject);
      call.end(method === 'GET' ? undefined : body);
    });
  }

  it('answers a request with the right Host and token, with or without our own Origin', async () => {
    for (const headers of [
      {},
      { host: `localhost:${server.port}` },
      { origin: `http://127.0.0.1:${server.port}` },
      { origin: `http://localhost:${server.port}` },
    ]) {
      const { status, body } = await send(headers);
      assert.equal(status, 200, JSON.stringify(headers));
      assert.match(body, /"result":\{\}/);
    }
  });

  it('refuses any other Host: a name that was rebound to 127.0.0.1', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      'localhost:1',
      `[::1]:${server.port}`,
    ]) {
      assert.equal((await send({ host })).status, 403, host);
    }
  });

  it('refuses any other Origin: a page', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      '',
      `127.0.0.1:${server.port}`,
      'vscode-webview://x',
      `https://127.0.0.1:${server.port}`,
    ]) {
      assert.equal((await send({ origin })).status, 403, origin);
    }
  });

  it('refuses a wrong or missing token', async () => {
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      server.token,
      `Basic ${server.token}`,
      `Bearer ${server.token}x`,
      `Bearer ${server.token.slice(0, -1)}`,
    ]) {
      const { status, body } = await send({ authorization });
      assert.equal(status, 401, authorization);
      assert.ok(!body.includes(server.token));
    }
  });

  it('refuses other paths and methods, broken and oversized bodies', async () => {
    assert.equal((await send({}, { path: '/' })).status, 404);
    assert.equal((await send({}, { path: `/mcp?token=${server.token}` })).status, 404);
    for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) assert.equal((await send({}, { method })).status, 405);
    assert.equal((await send({}, { body: '{"broken' })).status, 400);
    assert.equal((await send({}, { body: '{}' })).status, 400);
    const oversized = send({}, { body: `"${'x'.repeat(5 * 1024 * 1024)}"` });
    // The answer may be overtaken by the connection that is closed under the upload.
    assert.equal(await oversized.then(({ status }) => status).catch(() => 413), 413);
  });

  it('has another token each time, with 256 bits of chance', async () => {
    const other = await startMcpServer({
      tract: () => new FakeTract(),
      version: '0',
      confirm: () => Promise.resolve(false),
    });
    assert.notEqual(other.token, server.token);
    assert.equal(Buffer.from(other.token, 'base64url').length, 32);
    await other.close();
  });
});
