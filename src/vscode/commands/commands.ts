import * as vscode from 'vscode';
import type { Contribution, TractWindow } from '../window.js';
import { branchCommands } from './branches.js';
import { registerCommands, type CommandTable } from './command.js';
import { commitCommands } from './commits.js';
import { conflictCommands, watchConflicts } from './conflicts.js';
import { contextCommands } from './context.js';
import { followCommands } from './follow-session.js';
import { importCommands } from './import-session.js';
import { mergingCommands } from './merging.js';
import { navigationCommands } from './navigation.js';
import { reshapingCommands } from './reshaping.js';
import { storeCommands } from './store-commands.js';
import { tractCommands } from './tracts.js';

/** Every family of commands: add one here. */
const FAMILIES: readonly ((window: TractWindow) => CommandTable)[] = [
  tractCommands,
  importCommands,
  followCommands,
  navigationCommands,
  branchCommands,
  commitCommands,
  contextCommands,
  mergingCommands,
  conflictCommands,
  reshapingCommands,
  storeCommands,
];

export const commands: Contribution = {
  name: 'commands',
  register: (window) =>
    vscode.Disposable.from(
      ...FAMILIES.map((family) => registerCommands(window, family(window))),
      watchConflicts(window),
    ),
};
