import * as vscode from 'vscode';
import type { Tract } from '../../core/tract.js';
import { compactCount, fullCount } from '../../shared/format.js';
import { registerCommands, type CommandTable } from '../commands/command.js';
import { WindowError } from '../errors.js';
import type { Contribution, TractWindow } from '../window.js';
import { contextBudget } from '../context-budget.js';
import { readSettings } from '../settings.js';
import { requestTokens } from './request-tokens.js';
import { stablePrefix } from './stable-prefix.js';
import { roomCommands } from './room-commands.js';
import { compressSuggestion } from './compress-suggestion.js';

/** Talking to a model about the current context (SPEC §10), and making room for it (§11). */
export const chat: Contribution = {
  name: 'chat',
  register: (window) =>
    vscode.Disposable.from(
      registerCommands(window, chatCommands(window)),
      registerCommands(window, roomCommands(window)),
      compressSuggestion(window),
    ),
};

function chatCommands(window: TractWindow): CommandTable {
  return {
    chat: (text) => ask(window, text),
    generate: () => converse(window, ''),
    stopAnswer: () => {
      const tractId = window.store.activeId;
      const stopped = tractId !== null && window.conversation.stop(tractId);
      if (!stopped) void vscode.window.showInformationMessage(vscode.l10n.t('No model is answering now.'));
      return stopped;
    },
  };
}

async function ask(window: TractWindow, given: unknown): Promise<string | undefined> {
  if (typeof given === 'string') return given.trim() === '' ? undefined : converse(window, given);
  const tract = await window.store.requireActive();
  const model = window.models.chosen('chat');
  // Choosing comes first: a text is not typed for nothing.
  if (model === null && (await vscode.commands.executeCommand('tract.configureModel')) === undefined) return undefined;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Chat with {0}', window.models.chosen('chat') ?? ''),
    prompt: await whatIsSent(window, tract),
    ignoreFocusOut: true,
  });
  return text === undefined || text.trim() === '' ? undefined : converse(window, text);
}

/** `~12.4k of 200k tokens are sent before your message, 11k of them probably cached` */
async function whatIsSent(window: TractWindow, tract: Tract): Promise<string> {
  const store = await window.store.open();
  const context = await tract.compile();
  const { available } = contextBudget(store, tract.tractId);
  const tokens = compactCount(context.estimatedTokens);
  const cached = (await stablePrefix(store, tract, context))?.tokens ?? 0;
  return [
    available === null
      ? vscode.l10n.t('~{0} tokens are sent before your message', tokens)
      : vscode.l10n.t('~{0} of {1} tokens are sent before your message', tokens, compactCount(available)),
    ...(cached === 0 ? [] : [vscode.l10n.t('~{0} of them probably cached', compactCount(cached))]),
  ].join(', ');
}

/** The answer's text. It streams into the panel. */
async function converse(window: TractWindow, text: string): Promise<string | undefined> {
  const tract = await window.store.requireActive();
  if (text === '' && tract.head === null)
    throw new WindowError(vscode.l10n.t('There is nothing to send yet: commit a message first, or use Tract: Chat….'));
  await vscode.commands.executeCommand('tract.openPanel');
  return (await sendAndTell(window, tract, text)).text;
}

/** Sends, and says what the person would not see in the panel. */
export async function sendAndTell(window: TractWindow, tract: Tract, text: string) {
  await warnOverBudget(window, tract, text);
  const result = await window.conversation.send(tract, text);
  if (result.answerBranch !== null)
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The branch moved on while the model answered. The answer is on the branch {0}.',
        result.answerBranch,
      ),
    );
  return result;
}

/** A `warn` budget tells and lets the request go (SPEC §11). */
async function warnOverBudget(window: TractWindow, tract: Tract, text: string): Promise<void> {
  const store = await window.store.open();
  const { available, max, source } = contextBudget(store, tract.tractId);
  if (available === null || readSettings().budget.action !== 'warn') return;
  const tokens = await requestTokens(store, tract, text);
  // What the model's window itself cannot hold is not sent, and said by what refuses it.
  if (tokens <= available || (source === 'model' && tokens > (max ?? Infinity))) return;
  const room = vscode.l10n.t('Make Room…');
  void vscode.window
    .showWarningMessage(
      vscode.l10n.t(
        'This request has ~{0} tokens, ~{1} over the budget of {2}. It is sent all the same.',
        fullCount(tokens),
        fullCount(tokens - available),
        fullCount(available),
      ),
      room,
    )
    .then((chosen) => chosen === room && vscode.commands.executeCommand('tract.makeRoom'));
}
