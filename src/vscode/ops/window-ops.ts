import * as vscode from 'vscode';
import type { Store } from '../../core/store.js';
import { connectOps } from '../../node/connect-ops.js';
import type { PendingReason } from '../../ops/index.js';
import type { Ops } from '../../ops/node/open-ops.js';
import type { TractWindow } from '../window.js';
import { committedSince, endCommits, hasConsent } from './consent.js';
import { gitPath, onRepositoryChange } from './git-extension.js';
import { readOpSettings } from './op-settings.js';

/** Commits under way when the window closes get this long; the rest is committed by the next session. */
const LONGEST_END_MS = 3000;

interface Connection {
  readonly store: Store;
  /** The settings it was made from, as JSON. */
  readonly settings: string;
  readonly ops: Ops;
  readonly stop: () => void;
}

/** Op files of this window's store, as the settings say (SPEC §13). Nothing is opened and no file read while it is off. */
export class WindowOps implements vscode.Disposable {
  readonly #window: TractWindow;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #told = new Set<PendingReason>();
  readonly #disposables: vscode.Disposable;
  #connection: Connection | null = null;
  #repositories: vscode.Disposable | null = null;

  /** An op's file or its state in git changed. */
  readonly onDidChange = this.#changed.event;

  constructor(window: TractWindow) {
    this.#window = window;
    this.#disposables = vscode.Disposable.from(
      window.store.onDidOpen(() => {
        this.reconnect();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('tract.ops')) this.reconnect();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.reconnect();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.reconnect();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.retry();
      }),
    );
    this.reconnect();
  }

  /** The op files, or null while `tract.ops.durability` is `store`. */
  get ops(): Ops | null {
    return this.#connection?.ops ?? null;
  }

  /** Follows the settings as they are now. */
  reconnect(): void {
    const store = this.#window.store.opened;
    const settings = readOpSettings();
    const { durability, protectedBranches, directory } = settings;
    const { context, log } = this.#window;
    const wanted = JSON.stringify(settings);
    if (this.#connection?.store === store && this.#connection.settings === wanted) return;
    this.#disconnect();
    if (durability !== 'git' && vscode.workspace.isTrusted) endCommits(context.workspaceState);
    if (store === null || directory === null || !hasConsent(context.workspaceState, durability)) {
      this.#changed.fire();
      return;
    }
    const git = durability === 'git' ? gitPath() : undefined;
    const since = durability === 'git' ? committedSince(context.workspaceState, directory) : undefined;
    const connected = connectOps(store, {
      directory,
      durability,
      protectedBranches,
      ...(git === undefined ? {} : { gitPath: git }),
      ...(since === undefined ? {} : { since }),
      onError: (error) => {
        log.warn(`Operation record: ${error instanceof Error ? error.message : String(error)}`);
      },
      onNotice: ({ reason, message }) => {
        this.#tell(reason, message);
      },
      onCommitted: () => {
        this.#changed.fire();
      },
    });
    this.#connection = { store, settings: wanted, ...connected };
    store.onClose(() => settle(connected.ops));
    if (durability === 'git') {
      this.#repositories = onRepositoryChange(() => {
        this.retry();
      });
    }
    log.info(`Operations are kept as ${durability === 'git' ? 'files and commits' : 'files'}`);
    this.#changed.fire();
  }

  /** Tries what is pending again, in the background. */
  retry(): void {
    void this.ops?.retry().then(() => {
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#disconnect();
    this.#disposables.dispose();
    this.#changed.dispose();
  }

  #disconnect(): void {
    this.#connection?.stop();
    this.#connection = null;
    this.#repositories?.dispose();
    this.#repositories = null;
  }

  /** Once per reason and window, however often settings change. */
  #tell(reason: PendingReason, message: string): void {
    this.#changed.fire();
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    this.#window.log.warn(message);
    const show = vscode.l10n.t('Show Operations');
    void vscode.window.showInformationMessage(message, show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('tract.operations.focus');
    });
  }
}

/** Resolves when everything is committed, or when that takes too long. */
async function settle(ops: Ops): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const longest = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_END_MS);
  });
  await Promise.race([ops.idle(), longest]);
  clearTimeout(timer);
}
