import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Storage } from './core/ports/storage.js';
import type { Store } from './core/store.js';
import { Conversation } from './vscode/chat/conversation.js';
import type { StartAgentServer } from './vscode/mcp/agent-server.js';
import { contributions } from './vscode/contributions.js';
import { AskedTexts } from './vscode/documents/asked-texts.js';
import { ErrorReporter } from './vscode/errors.js';
import { MergeInProgress } from './vscode/merge/merge-in-progress.js';
import { Models } from './vscode/models/models.js';
import { readSettings } from './vscode/settings.js';
import { SessionFollow } from './vscode/sessions/session-follow.js';
import { ContextKeys } from './vscode/store/context-keys.js';
import { storeDirectory, storeUri } from './vscode/store/store-directory.js';
import { followEncoding } from './vscode/store/encoding-change.js';
import { WindowStore } from './vscode/store/window-store.js';
import type { TractWindow } from './vscode/window.js';
import { ChangedFiles } from './vscode/workspace-files/changed-files.js';
import { Embeddings } from './vscode/workspace-files/embeddings.js';
import { FilePlans } from './vscode/workspace-files/file-plans.js';
import { rankFiles } from './tokens/node/rank-files.js';
import { WorkerCounter } from './tokens/node/worker-counter.js';
import { Tokenizers } from './tokens/tokenizers.js';

/** What other extensions and the tests get from `activate`. */
export interface TractApi {
  readonly store: WindowStore;
  readonly merging: MergeInProgress;
  readonly following: SessionFollow;
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
  /** Where the log of this window is written. */
  readonly logUri: vscode.Uri;
}

/** Builds everything in one place and registers it. The store is opened by whatever needs it first. */
export function activate(context: vscode.ExtensionContext): TractApi {
  const start = performance.now();
  const log = vscode.window.createOutputChannel('Tract', { log: true });
  const dist = context.asAbsolutePath('dist');
  const ranks = join(dist, 'ranks');
  const tokenizers = new Tokenizers(rankFiles(ranks));
  const backgroundCounter = new WorkerCounter(join(dist, 'tokens-worker.mjs'), ranks);
  const store = new WindowStore({
    openStore: () => openWindowStore(context, tokenizers),
    memory: context.workspaceState,
    keys: new ContextKeys(context.workspaceState),
    log,
  });
  const models = new Models(context.secrets);
  const conversation = new Conversation(models, store);
  const embeddings = new Embeddings({ keys: models.keys, storeDirectory: storeDirectory(context), log });
  const filePlans = new FilePlans({ store, embeddings, tokenizers, counter: backgroundCounter, log });
  const changedFiles = new ChangedFiles(store, (error) => {
    log.warn(`Changed files could not be looked for: ${String(error)}`);
  });
  const merging = new MergeInProgress(store);
  const errors = new ErrorReporter(log);
  const following = new SessionFollow({
    store,
    memory: context.workspaceState,
    onError: (error) => {
      errors.report(error);
    },
  });
  const askedTexts = new AskedTexts();
  const window: TractWindow = {
    context,
    store,
    tokenizers,
    backgroundCounter,
    errors,
    log,
    models,
    conversation,
    embeddings,
    filePlans,
    changedFiles,
    merging,
    following,
    askedTexts,
    startAgentServer,
  };
  context.subscriptions.push(
    log,
    store,
    models,
    conversation,
    embeddings,
    filePlans,
    changedFiles,
    merging,
    following,
    askedTexts,
    followEncoding(store, (error) => {
      errors.report(error);
    }),
    {
      dispose: () => void backgroundCounter.close(),
    },
  );
  for (const contribution of contributions) {
    try {
      context.subscriptions.push(contribution.register(window));
    } catch (error) {
      log.error(
        `${contribution.name} could not be started: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
  activeStore = store;
  return { store, merging, following, activationMs: performance.now() - start, logUri: context.logUri };
}

let activeStore: WindowStore | undefined;

/** What was acknowledged is durable already; this releases the lock for other windows. */
export async function deactivate(): Promise<void> {
  await activeStore?.close();
}

/** The store lies in the workspace's storage; without a folder in the extension's (Annex B.13). */
async function openWindowStore(context: vscode.ExtensionContext, tokenizers: Tokenizers): Promise<Store> {
  const { openStore } = await import('./library.js');
  const { encoding } = readSettings();
  // The first commit would load the ranks at once, which is a long step. Should that fail here, the count says why.
  tokenizers.prepare(encoding, () => new Promise((resolve) => setImmediate(resolve))).catch(() => undefined);
  const directory = storeDirectory(context);
  return openStore({
    ...(directory === null ? { storage: await openRemoteStorage(context) } : { directory }),
    application: 'VS Code',
    tokenCounter: tokenizers.createTokenizer(encoding),
    verifyCache: context.extensionMode === vscode.ExtensionMode.Test,
  });
}

/** Where there is only `vscode.workspace.fs` (Annex B.14). */
async function openRemoteStorage(context: vscode.ExtensionContext): Promise<Storage> {
  const { openFolderStorage } = await import('./vscode/store/open-folder-storage.js');
  const wasm = vscode.Uri.joinPath(context.extensionUri, 'dist', 'sql-wasm.wasm');
  return openFolderStorage(storeUri(context), await vscode.workspace.fs.readFile(wasm));
}

/** The MCP server over HTTP, its address in a private file beside the store's lock (Annex B.13). */
const startAgentServer: StartAgentServer = async ({ directory, ...options }) => {
  const [{ startMcpServer }, { removeEndpoint, writeEndpoint }] = await Promise.all([
    import('./mcp/node/http-server.js'),
    import('./mcp/node/endpoint-file.js'),
  ]);
  const server = await startMcpServer(options);
  const { url, port, token } = server;
  await writeEndpoint(directory, { port, token, pid: process.pid });
  return {
    url,
    token,
    close: async () => {
      await removeEndpoint(directory, token);
      await server.close();
    },
  };
};
