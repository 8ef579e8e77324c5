import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE } from '../../../scripts/vscode/paths.js';

/** What `git status --porcelain` says of a new {@link sampleRepository}. */
export const SAMPLE_CHANGES = 'MM README.md\nA  "other \\303\\274.md"\n';

/** Runs the real git; its output. */
export const gitIn = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8' });

/** The subjects of the commits of HEAD, newest first. */
export const subjectsIn = (folder: string): string[] => gitIn(folder, 'log', '--format=%s').trim().split('\n');

/** The sample workspace as a repository with one commit, one file half staged, another staged. */
export function sampleRepository(folder: string): void {
  cpSync(SAMPLE, folder, { recursive: true });
  gitIn(folder, 'init', '-q', '-b', 'work');
  gitIn(folder, 'config', 'user.name', 'Ann');
  gitIn(folder, 'config', 'user.email', 'ann@example.org');
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-q', '-m', 'Sample');
  writeFileSync(join(folder, 'README.md'), 'staged\n');
  writeFileSync(join(folder, 'other ü.md'), 'staged\n');
  gitIn(folder, 'add', '-A');
  writeFileSync(join(folder, 'README.md'), 'staged, then changed\n');
}
