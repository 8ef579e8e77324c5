import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from './errors.js';
import { WINDOWS } from './paths.js';

/** Runs npm and returns what it printed. Throws a {@link HarnessError} with npm's own words when it fails. */
export function npm(args: readonly string[], cwd: string): string {
  const result = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: WINDOWS });
  if (result.status !== 0) throw new HarnessError(`npm ${args.join(' ')} failed:\n${result.stderr.slice(-2000)}`);
  return result.stdout.trim();
}

/**
 * Downloads one package (npm checks its integrity) and unpacks `members` of it into `directory`, without its
 * dependencies. tar ships with Linux, macOS and Windows 10 and later.
 */
export function unpackPackage(spec: string, directory: string, members: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  const archive = npm(['pack', '--silent', '--pack-destination', '.', spec], directory).split('\n').pop() ?? '';
  const result = spawnSync('tar', ['-xzf', archive, '--strip-components=1', ...members], {
    cwd: directory,
    stdio: 'inherit',
  });
  if (result.status !== 0) throw new HarnessError(`tar cannot unpack ${archive} of the npm package ${spec}.`);
  rmSync(join(directory, archive));
}

/**
 * Fills `directory` exactly once, also when several processes try at the same time: `fill` works in a folder of its
 * own, which takes its place in one rename. Whoever comes second throws its work away.
 */
export function installOnce(directory: string, fill: (temporary: string) => void): void {
  const temporary = `${directory}.${process.pid}`;
  fill(temporary);
  try {
    renameSync(temporary, directory);
  } catch {
    rmSync(temporary, { recursive: true });
  }
}
