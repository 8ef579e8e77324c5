import * as vscode from 'vscode';
import type { Confirm } from '../../core/agents/agent-tool.js';
import type { TractWindow } from '../window.js';
import type { AgentServer } from './agent-server.js';

/**
 * The MCP server of this window (SPEC §15, Annex B.13): runs while the window owns the store, on 127.0.0.1 with a random token,
 * both in a private file beside the store's lock.
 */
export class McpHost implements vscode.Disposable {
  readonly #window: TractWindow;
  readonly #directory: string;
  readonly #changed = new vscode.EventEmitter<void>();
  #server: AgentServer | null = null;
  /** One start or stop after the other. */
  #settled: Promise<void> = Promise.resolve();
  #disposed = false;

  /** The server started, stopped, or has another address. */
  readonly onDidChange = this.#changed.event;

  constructor(window: TractWindow, directory: string) {
    this.#window = window;
    this.#directory = directory;
  }

  get server(): AgentServer | null {
    return this.#server;
  }

  /** Starts or stops it, as settings and the store's lock want it. Resolves when that is done. */
  settle(): Promise<void> {
    this.#settled = this.#settled
      .then(() => (this.#wanted() ? this.#start() : this.#stop()))
      .catch((error: unknown) => {
        this.#window.log.error(`MCP: ${error instanceof Error ? error.message : String(error)}`);
      });
    return this.#settled;
  }

  dispose(): void {
    this.#disposed = true;
    void this.settle().then(() => {
      this.#changed.dispose();
    });
  }

  #wanted(): boolean {
    const { opened, readOnlyReason } = this.#window.store;
    return (
      !this.#disposed &&
      opened !== null &&
      readOnlyReason === null &&
      vscode.workspace.isTrusted &&
      vscode.workspace.getConfiguration('tract').get<boolean>('mcp.enabled', true)
    );
  }

  async #start(): Promise<void> {
    if (this.#server) return;
    const { startAgentServer, store, log, context } = this.#window;
    const { version } = context.extension.packageJSON as { readonly version: string };
    this.#server = await startAgentServer({
      directory: this.#directory,
      tract: () => store.requireActive('agent'),
      confirm: confirmInWindow,
      version,
      onError: (error) => {
        log.error(`MCP: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      },
    });
    log.info(`MCP server listens on ${this.#server.url}`);
    this.#changed.fire();
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    await server.close();
    this.#changed.fire();
  }
}

/** A question nobody can overlook: another program wants to change the history. */
export const confirmInWindow: Confirm = async ({ tool, consequence }) => {
  const allow = vscode.l10n.t('Allow');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('A coding agent wants to use “{0}” on this tract.', tool.title),
    { modal: true, detail: consequence },
    allow,
  );
  return chosen === allow;
};
