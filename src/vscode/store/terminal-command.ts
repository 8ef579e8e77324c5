import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { shellScript, windowsScript } from './terminal-script.js';
import { storeDirectory } from './store-directory.js';

/**
 * VS Code's terminals get `tract` on their PATH and the store of this window as `TRACT_STORE` (Annex B.13). The command runs in the
 * Node that runs this extension, so that people without one of their own have it too.
 */
export async function offerInTerminals(context: vscode.ExtensionContext): Promise<void> {
  if (context.globalStorageUri.scheme !== 'file') return;
  const variables = context.environmentVariableCollection;
  variables.description = vscode.l10n.t('The `tract` command and the store of this window');
  const directory = storeDirectory(context);
  if (directory === null) variables.delete('TRACT_STORE');
  else variables.replace('TRACT_STORE', directory);
  // Its path stays the same through updates: terminals are restored before extensions have started.
  const folder = join(context.globalStorageUri.fsPath, 'bin');
  const cli = join(context.extensionPath, 'dist', 'cli.mjs');
  await mkdir(folder, { recursive: true });
  await put(join(folder, 'tract'), shellScript(process.execPath, cli));
  if (process.platform === 'win32') await put(join(folder, 'tract.cmd'), windowsScript(process.execPath, cli));
  variables.prepend('PATH', folder + delimiter);
}

/** Replaces a script whole: a terminal may be starting it. */
async function put(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await chmod(temporary, 0o755);
  await rename(temporary, path);
}
