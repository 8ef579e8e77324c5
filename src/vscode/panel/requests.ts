import * as vscode from 'vscode';
import { TractError } from '../../core/model/errors.js';
import type { CommitAction, PanelCommand, ToHost } from '../../shared/protocol.js';
import { sendAndTell } from '../chat/chat-commands.js';
import { remedyCommand } from '../chat/remedies.js';
import type { TractWindow } from '../window.js';

/** The panel's buttons are commands of the palette: both ways ask, say and do the same. */
const COMMANDS: Readonly<Partial<Record<PanelCommand, string>>> = {
  importSession: 'tract.importSession',
  newTract: 'tract.newTract',
  switchTract: 'tract.switchTract',
  commitSelection: 'tract.commitSelection',
  addFiles: 'tract.addFiles',
  checkout: 'tract.checkout',
  createBranch: 'tract.createBranch',
  undo: 'tract.undo',
  redo: 'tract.redo',
  configureModel: 'tract.configureModel',
  setBudget: 'tract.openBudgetSettings',
  openContext: 'tract.compile',
  mergeSession: 'tract.mergeSession',
  commitChangedFiles: 'tract.commitChangedFiles',
};

const ACTIONS: Readonly<Record<CommitAction, string>> = {
  open: 'tract.openCommit',
  edit: 'tract.editCommit',
  checkout: 'tract.checkout',
  resetSoft: 'tract.resetSoft',
  resetHard: 'tract.resetHard',
  createBranch: 'tract.createBranch',
  createTag: 'tract.createTag',
  compareWithHead: 'tract.compareWithHead',
  compressUpTo: 'tract.compressUpTo',
  expand: 'tract.expand',
  cherryPick: 'tract.cherryPick',
  copyHash: 'tract.copyHash',
  copyText: 'tract.copyText',
  showHistory: 'tract.showEditHistory',
};

/** Requests that are commands, and the conversation; what later features serve (plan) they take before this. */
export async function runRequest(window: TractWindow, request: ToHost): Promise<void> {
  const tractId = window.store.activeId ?? undefined;
  switch (request.type) {
    case 'command':
      await vscode.commands.executeCommand(COMMANDS[request.command] ?? 'tract.showLog');
      return;
    case 'commit':
      await vscode.commands.executeCommand(ACTIONS[request.action], { tractId, commitHash: request.hash });
      return;
    case 'setPriority':
      await vscode.commands.executeCommand(
        'tract.setPriority',
        { tractId, commitHash: request.hash },
        request.priority,
      );
      return;
    case 'copyContext':
      await vscode.commands.executeCommand(
        'tract.copyContext',
        request.format,
        request.at === null ? undefined : { tractId, commitHash: request.at },
      );
      return;
    case 'chooseModel':
      await window.models.choose('chat', request.id);
      return;
    case 'send':
      await send(window, request.text);
      return;
    case 'stop':
      if (tractId !== undefined) window.conversation.stop(tractId);
      return;
    case 'dismissError':
      if (tractId !== undefined) window.conversation.dismiss(tractId);
      return;
    case 'applySuggestion': {
      if (tractId !== undefined) window.conversation.dismiss(tractId);
      const command = remedyCommand(request.id);
      if (command !== undefined) await vscode.commands.executeCommand(command);
      return;
    }
    case 'protocolError':
      window.log.error(`Panel: a snapshot did not fit the protocol (${request.detail})`);
      return;
    case 'planQuery':
    case 'planBudget':
    case 'planMark':
    case 'planFolder':
    case 'planMove':
    case 'planOpen':
    case 'planCommit':
    case 'planCancel':
      await window.filePlans.serve(request);
      return;
    default:
      window.log.debug(`Panel: nothing serves '${request.type}' yet`);
  }
}

/** What fails is shown where it was asked: in the composer. */
async function send(window: TractWindow, text: string): Promise<void> {
  const tract = await window.store.requireActive();
  try {
    await sendAndTell(window, tract, text);
  } catch (error) {
    if (window.conversation.state(tract.tractId).kind !== 'failed') throw error;
    window.log.error(error instanceof TractError ? `${error.code}: ${error.message}` : String(error));
  }
}
