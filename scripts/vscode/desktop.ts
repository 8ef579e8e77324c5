import { spawnSync } from 'node:child_process';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { HarnessError } from './errors.js';
import { CACHE, WINDOWS } from './paths.js';

/** Which VS Code to use: `auto` is the desktop one where it can be had and shown, else the server. */
export type VsCodeChoice = 'auto' | 'desktop' | 'server';

/** Reads a choice from the environment. Throws a {@link HarnessError} for anything else. */
export function vsCodeChoice(variable: string): VsCodeChoice {
  const value = process.env[variable] ?? 'auto';
  if (value === 'auto' || value === 'desktop' || value === 'server') return value;
  throw new HarnessError(`${variable} must be auto, desktop or server, not "${value}".`);
}

export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** True when a command can be run with `--version`-like arguments. */
export function commandWorks(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { shell: WINDOWS, stdio: 'ignore' }).status === 0;
}

/**
 * Downloads (once) a desktop VS Code and returns its executable; undefined, after saying so, when `choice` leaves
 * the server as a way out. $VSCODE_EXE names one that is already there, $VSCODE_VERSION another version.
 */
export async function downloadDesktop(choice: VsCodeChoice): Promise<string | undefined> {
  const given = process.env['VSCODE_EXE'];
  if (given !== undefined) return given;
  try {
    return await downloadAndUnzipVSCode({ version: process.env['VSCODE_VERSION'] ?? 'stable', cachePath: CACHE });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (choice === 'desktop') throw new HarnessError(`No desktop VS Code can be downloaded: ${reason}`);
    console.log(`No desktop VS Code can be downloaded (${reason}); using the VS Code server from npm.`);
    return undefined;
  }
}
