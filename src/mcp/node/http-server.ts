import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { tractServer, type TractServerOptions } from '../tract-server.js';

export interface McpHttpServer {
  /** `http://127.0.0.1:<port>/mcp` */
  readonly url: string;
  readonly port: number;
  /** To be sent as `Authorization: Bearer <token>`. */
  readonly token: string;
  close(): Promise<void>;
}

const PATH = '/mcp';
/** Longest request, in bytes: the longest text a tool takes, with room for JSON's escapes. */
const MAX_BODY = 4 * 1024 * 1024;
/** Calls at work at once, waiting for a person included. */
const MAX_OPEN = 32;

/**
 * Serves MCP over Streamable HTTP on 127.0.0.1 with a random token (SPEC §15, §17). Each request is complete in itself, so a
 * client needs no session and survives a restart of the window. Refused, in this order: another Host than ours (a page whose
 * name was rebound to 127.0.0.1), any Origin but our own (a page at all), a wrong token.
 */
export async function startMcpServer(options: TractServerOptions): Promise<McpHttpServer> {
  const token = randomBytes(32).toString('base64url');
  const expected = digest(`Bearer ${token}`);
  let open = 0;

  const server = createServer((request, response) => {
    const refusal = check(request);
    if (refusal !== undefined) {
      refuse(response, ...refusal);
      return;
    }
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    handle(request, response).catch((error: unknown) => {
      options.onError?.(error);
      if (!response.headersSent) refuse(response, 500, 'Something went wrong in Tract.');
      else response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const origins = hosts.map((host) => `http://${host}`);

  function check(request: IncomingMessage): readonly [number, string] | undefined {
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !hosts.includes(host)) return [403, 'Wrong Host.'];
    if (origin !== undefined && !origins.includes(origin)) return [403, 'Wrong Origin.'];
    if (!timingSafeEqual(digest(authorization ?? ''), expected)) return [401, 'Wrong or missing token.'];
    if (request.url !== PATH) return [404, `Only ${PATH} is served.`];
    // Without sessions there is nothing to listen to (GET) or to end (DELETE).
    if (request.method !== 'POST') return [405, 'Only POST is served.'];
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return [413, 'The request is too large.'];
    if (open >= MAX_OPEN) return [503, 'Too many calls at once.'];
    return undefined;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readJson(request);
    if (body === undefined) {
      refuse(response, 400, 'The request is not JSON, or too large.');
      return;
    }
    const mcp = tractServer(options);
    const transport = new StreamableHTTPServerTransport({});
    response.once('close', () => {
      // Ends the signal that a waiting confirmation listens to.
      void mcp.close();
    });
    await mcp.connect(transport);
    await transport.handleRequest(request, response, body);
  }

  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    port,
    token,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of equal length whatever came, which the constant-time comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 405 ? { allow: 'POST' } : {}),
    connection: 'close',
  });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message } }));
}

/** undefined for what is no JSON or longer than the limit. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
