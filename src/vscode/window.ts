import type * as vscode from 'vscode';
import type { ErrorReporter } from './errors.js';
import type { WindowStore } from './store/window-store.js';

/** What every contribution of the extension is given. Built once, in `extension.ts`. */
export interface TractWindow {
  readonly context: vscode.ExtensionContext;
  readonly store: WindowStore;
  readonly errors: ErrorReporter;
  readonly log: vscode.LogOutputChannel;
}

/** One feature: registers itself and returns what ends it. One that fails does not stop the others. */
export interface Contribution {
  readonly name: string;
  register(window: TractWindow): vscode.Disposable;
}
