import * as vscode from 'vscode';
import { HEADS } from '../../core/model/refs.js';
import { age } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { tractIdOf } from './arguments.js';
import type { CommandTable } from './command.js';

/** Tracts of the store (SPEC §1). */
export function tractCommands(window: TractWindow): CommandTable {
  return {
    newTract: async (given) => {
      const name =
        typeof given === 'string'
          ? given
          : await vscode.window.showInputBox({
              title: vscode.l10n.t('New Tract'),
              prompt: vscode.l10n.t('A tract is one history: a conversation or a prompt. Give it a name.'),
              ignoreFocusOut: true,
            });
      if (name === undefined || name.trim() === '') return undefined;
      return (await window.store.create(name.trim())).tractId;
    },
    switchTract: async (argument) => {
      const id = tractIdOf(argument) ?? (typeof argument === 'string' ? argument : await pickTract(window));
      if (id === undefined) return undefined;
      await window.store.tract(id);
      await window.store.activate(id);
      return id;
    },
    openBudgetSettings: () => vscode.commands.executeCommand('workbench.action.openSettings', 'tract.budget'),
    showLog: () => {
      window.log.show();
    },
  };
}

async function pickTract(window: TractWindow): Promise<string | undefined> {
  const store = await window.store.open();
  const active = window.store.activeId;
  const items = [...store.tracts()].reverse().map((tract) => {
    const branches = store.storage.refs(tract.tractId, HEADS).size;
    return {
      label: tract.name,
      iconPath: new vscode.ThemeIcon(tract.spawn === null ? 'comment-discussion' : 'type-hierarchy-sub'),
      description: [
        ...(tract.tractId === active ? [vscode.l10n.t('active')] : []),
        counted(branches, 'branch', 'branches'),
        age(tract.createdAt, Date.now()),
      ].join(' · '),
      id: tract.tractId,
    };
  });
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Switch Tract'), matchOnDescription: true }))
    ?.id;
}
