import * as vscode from 'vscode';
import type { TractWindow } from '../window.js';
import { WRITING } from './writing.js';

/** Command id without `tract.` → what it does. What it returns is what `executeCommand` gives. */
export type CommandTable = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Registers commands; what they throw is shown by the one reporter. Programs that call them get the error too. */
export function registerCommands({ errors, store }: TractWindow, table: CommandTable): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, run]) =>
      vscode.commands.registerCommand(`tract.${id}`, async (...args: unknown[]) => {
        try {
          if (WRITING.has(id)) await store.requireWritable();
          return await run(...args);
        } catch (error) {
          errors.report(error);
          return undefined;
        }
      }),
    ),
  );
}
