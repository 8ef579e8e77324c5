import * as vscode from 'vscode';
import type { CommitAction, PanelCommand, ToHost } from '../../shared/protocol.js';
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

/** Requests that are commands; what later features serve (model, plan) they take before this. */
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
    case 'protocolError':
      window.log.error(`Panel: a snapshot did not fit the protocol (${request.detail})`);
      return;
    default:
      window.log.debug(`Panel: nothing serves '${request.type}' yet`);
  }
}
