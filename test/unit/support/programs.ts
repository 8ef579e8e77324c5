import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { NODE_MODULE } from '../../../scripts/build/bundles.js';
import { ROOT } from '../../../scripts/vscode/paths.js';

let made = 0;

/**
 * Makes one plain script of a TypeScript program and resolves to its path: a loader would take most of the time of a process
 * that lives for some milliseconds. It lies where packages are found, until this process ends.
 */
export async function bundleProgram(source: URL): Promise<string> {
  const name = `${process.pid}-${made++}.mjs`;
  const outfile = join(ROOT, 'node_modules', '.cache', 'tract', 'programs', name);
  process.once('exit', () => {
    rmSync(outfile, { force: true });
  });
  // sql.js looks for its WebAssembly beside itself.
  const external = ['sql.js'];
  const entryPoints = [fileURLToPath(source)];
  await build({ ...NODE_MODULE, entryPoints, outfile, external, minify: true, logLevel: 'silent' });
  return outfile;
}

/** What a bundled program runs with: not the loaders that this process was started with. */
export const PLAIN_NODE: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '' };

/** Starts a bundled program. */
export function startProgram(program: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { env: PLAIN_NODE });
}
