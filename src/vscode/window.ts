import type * as vscode from 'vscode';
import type { BackgroundCounter } from '../tokens/background-counter.js';
import type { Tokenizers } from '../tokens/tokenizers.js';
import type { Conversation } from './chat/conversation.js';
import type { AskedTexts } from './documents/asked-texts.js';
import type { ErrorReporter } from './errors.js';
import type { StartAgentServer } from './mcp/agent-server.js';
import type { MergeInProgress } from './merge/merge-in-progress.js';
import type { Models } from './models/models.js';
import type { SessionFollow } from './sessions/session-follow.js';
import type { WindowStore } from './store/window-store.js';
import type { ChangedFiles } from './workspace-files/changed-files.js';
import type { Embeddings } from './workspace-files/embeddings.js';
import type { FilePlans } from './workspace-files/file-plans.js';

/** What every contribution of the extension is given. Built once, in `extension.ts`. */
export interface TractWindow {
  readonly context: vscode.ExtensionContext;
  readonly store: WindowStore;
  /** Counts everything that is shown: store, panel, status bar and editors. */
  readonly tokenizers: Tokenizers;
  /** The same counts, off the extension host's thread. */
  readonly backgroundCounter: BackgroundCounter;
  readonly askedTexts: AskedTexts;
  readonly errors: ErrorReporter;
  readonly log: vscode.LogOutputChannel;
  readonly models: Models;
  readonly conversation: Conversation;
  readonly embeddings: Embeddings;
  readonly filePlans: FilePlans;
  readonly changedFiles: ChangedFiles;
  readonly merging: MergeInProgress;
  readonly following: SessionFollow;
  readonly startAgentServer: StartAgentServer;
}

/** One feature: registers itself and returns what ends it. One that fails does not stop the others. */
export interface Contribution {
  readonly name: string;
  register(window: TractWindow): vscode.Disposable;
}
