import * as vscode from 'vscode';
import { TractError } from '../core/model/errors.js';

/** A refusal that only the window knows of (nothing chosen, no tract yet); `offer` names commands that help. */
export class WindowError extends TractError {
  readonly code = 'WINDOW';
  constructor(
    message: string,
    readonly offer: readonly string[] = [],
  ) {
    super(message);
  }
}

interface Button {
  readonly title: string;
  readonly command: string;
}

const SHOW_LOG: Button = { title: vscode.l10n.t('Show Log'), command: 'tract.showLog' };
const BUTTONS: Readonly<Record<string, Button>> = {
  'tract.importSession': { title: vscode.l10n.t('Import Session…'), command: 'tract.importSession' },
  'tract.newTract': { title: vscode.l10n.t('New Tract…'), command: 'tract.newTract' },
  'tract.createBranch': { title: vscode.l10n.t('Create Branch…'), command: 'tract.createBranch' },
  'tract.checkoutPrevious': { title: vscode.l10n.t('Checkout Previous'), command: 'tract.checkoutPrevious' },
  'tract.compress': { title: vscode.l10n.t('Compress…'), command: 'tract.compress' },
  'tract.makeRoom': { title: vscode.l10n.t('Make Room…'), command: 'tract.makeRoom' },
  'tract.configureModel': { title: vscode.l10n.t('Choose Model…'), command: 'tract.configureModel' },
  'tract.setApiKey': { title: vscode.l10n.t('Set API Key…'), command: 'tract.setApiKey' },
  'tract.openBudgetSettings': { title: vscode.l10n.t('Budget Settings'), command: 'tract.openBudgetSettings' },
  'tract.doctor': { title: vscode.l10n.t('Doctor'), command: 'tract.doctor' },
  'tract.showStoreDetails': { title: vscode.l10n.t('Show Details'), command: 'tract.showStoreDetails' },
};

/** By error code: what helps. */
const HELP: Readonly<Record<string, readonly string[]>> = {
  DETACHED_HEAD: ['tract.checkoutPrevious', 'tract.createBranch'],
  BUDGET_EXCEEDED: ['tract.makeRoom', 'tract.openBudgetSettings'],
  REQUEST_TOO_LARGE: ['tract.makeRoom'],
  MODEL_CONTEXT_TOO_LONG: ['tract.makeRoom'],
  NO_MODEL: ['tract.configureModel'],
  MODEL_AUTH: ['tract.setApiKey', 'tract.configureModel'],
  COMPILE_MISMATCH: ['tract.doctor'],
  STORE_LOCKED: ['tract.showStoreDetails'],
  STORE_READ_ONLY: ['tract.showStoreDetails'],
  STORE_WRITE: ['tract.showStoreDetails'],
  STORE_UNREADABLE: ['tract.showStoreDetails'],
  STORE_NEWER: ['tract.showStoreDetails'],
};

/** Codes that say where things stand rather than that something failed. */
const INFORMATION = new Set(['NOTHING_TO_MERGE', 'NAVIGATION', 'WINDOW']);
const WARNING = new Set(['DETACHED_HEAD', 'STORE_LOCKED', 'STORE_READ_ONLY', 'BUDGET_EXCEEDED', 'MERGE_CONFLICT']);

/** The one place that turns errors into what a person sees. */
export class ErrorReporter {
  readonly #log: vscode.LogOutputChannel;
  readonly #reported = new WeakSet<object>();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** Shows a message with buttons that help. Cancelling says nothing. Resolves when it is shown, not when it is answered. */
  report(error: unknown): void {
    if (isCancelled(error)) return;
    // One failure may reach several callers: views, commands, whoever waited for the same write.
    if (error instanceof Error) {
      if (this.#reported.has(error)) return;
      this.#reported.add(error);
    }
    const { code, message } = describe(error);
    this.#log.error(`${code}: ${message}${error instanceof TractError ? '' : `\n${stackOf(error)}`}`);
    const offered = error instanceof WindowError ? error.offer : (HELP[code] ?? []);
    const buttons = offered.flatMap((id) => BUTTONS[id] ?? []);
    if (!(error instanceof TractError)) buttons.push(SHOW_LOG);
    void this.#show(code, message, buttons);
  }

  async #show(code: string, message: string, buttons: readonly Button[]): Promise<void> {
    const show = INFORMATION.has(code)
      ? vscode.window.showInformationMessage
      : WARNING.has(code)
        ? vscode.window.showWarningMessage
        : vscode.window.showErrorMessage;
    const chosen = await show(message, ...buttons.map(({ title }) => title));
    const button = buttons.find(({ title }) => title === chosen);
    if (button) await vscode.commands.executeCommand(button.command);
  }
}

/** Whether a person, not a fault, ended it. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  return (
    (error instanceof TractError && (error.code === 'CANCELLED' || error.code === 'MODEL_CANCELLED')) ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof TractError) {
    const { code, message } = error;
    const next =
      code === 'STORE_LOCKED' ? ` ${vscode.l10n.t('Once it is closed, this window takes over by itself.')}` : '';
    return { code, message: message + next };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'UNEXPECTED', message: vscode.l10n.t('Tract met an unexpected error: {0}', message) };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
