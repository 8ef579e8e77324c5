import type { Readable, Writable } from 'node:stream';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CancelledNotificationSchema,
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { EndpointError, readEndpoint, type Endpoint } from './endpoint-file.js';

export interface BridgeOptions {
  /** The store's folder. */
  readonly directory: string;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
}

const NO_WINDOW =
  'No VS Code window has this Tract store open, so there is nobody to ask. Open its folder in VS Code with Tract, then try again.';

/**
 * `tract mcp --store DIR` (Annex B.13): hands MCP messages from stdin to the window that owns the store, and its answers to
 * stdout. The window is looked up for every message, so that it may be closed and opened while an agent runs; a request that
 * finds none is answered with an error that says so. Resolves when stdin ends.
 */
export async function runStdioBridge({ directory, stdin, stdout }: BridgeOptions): Promise<void> {
  const stdio = new StdioServerTransport(stdin, stdout);
  const open = new Map<RequestId, AbortController>();

  async function forward(message: JSONRPCMessage): Promise<void> {
    const cancelled = cancelledRequest(message);
    if (cancelled !== undefined) open.get(cancelled)?.abort();
    const controller = new AbortController();
    if (isJSONRPCRequest(message)) open.set(message.id, controller);
    try {
      const endpoint = await readEndpoint(directory);
      if (endpoint === undefined) throw new EndpointError(NO_WINDOW);
      await exchange(endpoint, message, (answer) => stdio.send(answer), controller.signal);
    } catch (error) {
      // Notifications and answers get no reply, nor does a request that was cancelled: so the protocol has it.
      if (!isJSONRPCRequest(message) || controller.signal.aborted) return;
      const text = error instanceof EndpointError ? error.message : NO_WINDOW;
      await stdio.send({ jsonrpc: '2.0', id: message.id, error: { code: -32000, message: text } });
    } finally {
      if (isJSONRPCRequest(message)) open.delete(message.id);
    }
  }

  stdio.onmessage = (message) => void forward(message);
  const input = stdin ?? process.stdin;
  const ended = new Promise<void>((resolve) => {
    input.once('end', resolve);
    input.once('close', resolve);
  });
  await stdio.start();
  await ended;
  for (const controller of open.values()) controller.abort();
  await stdio.close();
}

/** Sends one message and hands on what comes back; for a request, until its answer came or the signal fired. */
async function exchange(
  { port, token }: Endpoint,
  message: JSONRPCMessage,
  deliver: (answer: JSONRPCMessage) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
  try {
    const answered = new Promise<void>((resolve, reject) => {
      transport.onmessage = (answer: JSONRPCMessage) => {
        const last = isJSONRPCResultResponse(answer) || isJSONRPCErrorResponse(answer);
        deliver(answer).then(() => {
          if (last) resolve();
        }, reject);
      };
      transport.onerror = reject;
      signal.addEventListener('abort', () => {
        reject(new EndpointError('The request was cancelled.'));
      });
    });
    // Handled below, but not before `send` is through.
    answered.catch(() => undefined);
    await transport.start();
    await transport.send(message);
    if (isJSONRPCRequest(message)) await answered;
  } finally {
    await transport.close();
  }
}

/** The request that a `notifications/cancelled` names. */
function cancelledRequest(message: JSONRPCMessage): RequestId | undefined {
  const parsed = CancelledNotificationSchema.safeParse(message);
  return parsed.success ? parsed.data.params.requestId : undefined;
}
