import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from './errors.js';
import { WINDOWS } from './paths.js';

/** Runs a program in `cwd` and resolves to what it printed. Rejects with a {@link HarnessError} in the program's own words. */
function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      if (error === null) resolve(stdout.trim());
      else reject(new HarnessError(`${program} ${args.join(' ')} failed:\n${(stderr || error.message).slice(-2000)}`));
    };
    // npm is a script there, which only a shell starts.
    execFile(program, args, { cwd, encoding: 'utf8', shell: WINDOWS && program === 'npm' }, ended);
  });
}

/** Runs npm and resolves to what it printed. Rejects with a {@link HarnessError} in npm's own words when it fails. */
export const npm = (args: readonly string[], cwd: string): Promise<string> => run('npm', args, cwd);

/**
 * Downloads one package (npm checks its integrity) and unpacks `members` of it into `directory`, without its
 * dependencies. tar ships with Linux, macOS and Windows 10 and later.
 */
export async function unpackPackage(spec: string, directory: string, members: readonly string[]): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const printed = await npm(['pack', '--loglevel=error', '--pack-destination', '.', spec], directory);
  const archive = printed.split('\n').pop() ?? '';
  await run('tar', ['-xzf', archive, '--strip-components=1', ...members], directory);
  rmSync(join(directory, archive));
}

/**
 * Fills `directory` exactly once, also when several processes try at the same time: `fill` works in a folder of its
 * own, which takes its place in one rename. Whoever comes second throws its work away.
 */
export async function installOnce(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${directory}.${process.pid}`;
  await fill(temporary);
  try {
    renameSync(temporary, directory);
  } catch {
    rmSync(temporary, { recursive: true });
  }
}
