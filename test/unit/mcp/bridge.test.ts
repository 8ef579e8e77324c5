import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Confirm } from '../../../src/core/agents/agent-tool.js';
import { endpointPath, readEndpoint, removeEndpoint, writeEndpoint } from '../../../src/mcp/node/endpoint-file.js';
import { startMcpServer, type McpHttpServer } from '../../../src/mcp/node/http-server.js';
import { runStdioBridge } from '../../../src/mcp/node/stdio-bridge.js';
import { bundleProgram, PLAIN_NODE } from '../support/programs.js';
import { FakeTract } from './fake-tract.js';

const ENDPOINT = { port: 4321, token: 'abcdefghijklmnopqrstuvwxyz', pid: 1 };

describe('MCP endpoint file and stdio bridge (Annex B.13)', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tract-mcp-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  describe('the file', () => {
    it('is private, replaced whole, and removed only by its owner', async () => {
      assert.equal(await readEndpoint(directory), undefined);
      await writeEndpoint(directory, { ...ENDPOINT, port: 1 });
      await writeEndpoint(directory, ENDPOINT);
      assert.deepEqual(await readEndpoint(directory), ENDPOINT);
      assert.deepEqual(await readdir(directory), ['mcp.json']);
      if (process.platform !== 'win32') assert.equal((await stat(endpointPath(directory))).mode & 0o777, 0o600);
      await removeEndpoint(directory, 'another-token-0123456789');
      assert.deepEqual(await readEndpoint(directory), ENDPOINT);
      await removeEndpoint(directory, ENDPOINT.token);
      assert.equal(await readEndpoint(directory), undefined);
    });

    it('is refused when others can read it, when it is a link, damaged or huge', async function () {
      if (process.platform === 'win32') this.skip();
      const path = endpointPath(directory);
      await writeEndpoint(directory, ENDPOINT);
      await chmod(path, 0o644);
      await assert.rejects(readEndpoint(directory), { code: 'MCP_ENDPOINT', message: /not a private file/ });
      await rm(path);
      await writeFile(join(directory, 'real'), JSON.stringify(ENDPOINT), { mode: 0o600 });
      await symlink('real', path);
      await assert.rejects(readEndpoint(directory), { code: 'MCP_ENDPOINT' });
      await rm(path);
      for (const text of ['', '{', '{"port":99999,"token":"abcdefghijklmnopqrstuvwxyz","pid":1}', '[]']) {
        await writeFile(path, text, { mode: 0o600 });
        await assert.rejects(readEndpoint(directory), /is damaged/);
      }
      await writeFile(path, ' '.repeat(5000));
      await assert.rejects(readEndpoint(directory), { code: 'MCP_ENDPOINT' });
    });
  });

  describe('the bridge', () => {
    let servers: McpHttpServer[];
    beforeEach(() => {
      servers = [];
    });
    afterEach(() => Promise.all(servers.map((server) => server.close())));

    async function openWindow(tract = new FakeTract(), allow: Confirm = () => Promise.resolve(true)) {
      const server = await startMcpServer({ tract: () => tract, version: '1', confirm: allow });
      servers.push(server);
      await writeEndpoint(directory, { port: server.port, token: server.token, pid: process.pid });
      return server;
    }

    /** Speaks raw JSON lines with a bridge in this process. */
    function bridge() {
      const stdin = new PassThrough();
      const stdout = new PassThrough();
      const done = runStdioBridge({ directory, stdin, stdout });
      const lines: string[] = [];
      let wake: (() => void) | undefined;
      let rest = '';
      stdout.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        wake?.();
      });
      return {
        send: (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
        next: async () => {
          while (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return JSON.parse(lines.shift() ?? '') as { id: number; result?: unknown; error?: { message: string } };
        },
        end: async () => {
          stdin.end();
          await done;
        },
      };
    }

    it('says so when no window runs, and works as soon as one does, and after it was reopened', async () => {
      const { send, next, end } = bridge();
      send({ id: 1, method: 'ping' });
      assert.match((await next()).error?.message ?? '', /No VS Code window has this Tract store open/);
      const first = await openWindow();
      send({ id: 2, method: 'ping' });
      assert.deepEqual(await next(), { jsonrpc: '2.0', id: 2, result: {} });
      await first.close();
      servers.length = 0;
      send({ id: 3, method: 'ping' });
      assert.match((await next()).error?.message ?? '', /No VS Code window/);
      await openWindow();
      send({ id: 4, method: 'ping' });
      assert.deepEqual(await next(), { jsonrpc: '2.0', id: 4, result: {} });
      await end();
    });

    it('does not tell a file that must not be trusted from the truth', async function () {
      if (process.platform === 'win32') this.skip();
      await openWindow();
      await chmod(endpointPath(directory), 0o666);
      const { send, next, end } = bridge();
      send({ id: 1, method: 'ping' });
      assert.match((await next()).error?.message ?? '', /not a private file of yours/);
      await end();
    });

    it('answers other requests while one waits for the person, and withdraws a cancelled one', async () => {
      let answer: (allow: boolean) => void = () => undefined;
      const tract = new FakeTract();
      let asked: AbortSignal | undefined;
      await openWindow(tract, ({ signal }) => {
        asked = signal;
        return new Promise((resolve) => (answer = resolve));
      });
      const { send, next, end } = bridge();
      const commit = { name: 'commit_context', arguments: { text: 'x' } };
      send({ id: 1, method: 'tools/call', params: commit });
      while (asked === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      send({ id: 2, method: 'ping' });
      assert.equal((await next()).id, 2);
      send({ method: 'notifications/cancelled', params: { requestId: 1 } });
      while (!asked.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      answer(true);
      send({ id: 3, method: 'ping' });
      assert.equal((await next()).id, 3);
      assert.deepEqual(tract.changes, []);
      await end();
    });

    it('fails a waiting request when the window closes', async () => {
      let questions = 0;
      const server = await openWindow(new FakeTract(), () => {
        questions += 1;
        return new Promise(() => undefined);
      });
      const { send, next, end } = bridge();
      send({ id: 1, method: 'tools/call', params: { name: 'commit_context', arguments: { text: 'x' } } });
      while (questions === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await server.close();
      servers.length = 0;
      assert.match((await next()).error?.message ?? '', /No VS Code window/);
      await end();
    });

    it('serves the official client as a process, and ends with it', async () => {
      await openWindow();
      const program = await bundleProgram(new URL('./run-bridge.ts', import.meta.url));
      const args = [program, directory];
      const client = new Client({ name: 'test', version: '0' });
      await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'inherit' }));
      assert.equal((await client.listTools()).tools.length, 11);
      const result = await client.callTool({ name: 'show_status', arguments: {} });
      assert.match(JSON.stringify(result.content), /main @ bbbbbbbb/);
      await client.close();

      const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'], env: PLAIN_NODE });
      child.stdin.end();
      assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
    });
  });
});
