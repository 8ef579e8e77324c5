import { after as mochaAfter, before as mochaBefore } from 'mocha';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openOps, type Ops, type OpsOptions } from '../../../src/ops/node/open-ops.js';

/** Temporary folders of one test file, removed afterwards; git sees no settings but the repository's own. */
export function useTemporaryFolders(): () => string {
  const folders: string[] = [];
  const isolated = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const before = new Map(Object.keys(isolated).map((name) => [name, process.env[name]]));
  mochaBefore(() => Object.assign(process.env, isolated));
  mochaAfter(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'tract ops ü-'));
    folders.push(folder);
    return folder;
  };
}

/** A real repository in a folder. */
export class TestRepository {
  constructor(readonly directory: string) {}

  /** With an identity, on `main`, with one commit of `a.txt`, `b.txt` and `c.txt` (three lines each). */
  static create(directory: string): TestRepository {
    const repository = TestRepository.unborn(directory);
    for (const name of ['a', 'b', 'c']) repository.write(`${name}.txt`, `${name}1\n${name}2\n${name}3\n`);
    repository.git('add', '.');
    repository.git('commit', '-qm', 'Start');
    return repository;
  }

  static unborn(directory: string): TestRepository {
    mkdirSync(directory, { recursive: true });
    const repository = new TestRepository(directory);
    repository.git('init', '-q', '-b', 'main');
    appendFileSync(repository.path('.git', 'config'), '[user]\n\tname = Ann\n\temail = ann@example.org\n');
    return repository;
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** For commands that are meant to stop with a conflict. */
  tryGit(...args: string[]): void {
    try {
      this.git(...args);
    } catch {
      // The state it leaves is what the test is about.
    }
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  subjects(range = 'HEAD'): string[] {
    return this.git('log', '--format=%s', range).trim().split('\n');
  }

  /** Paths that the last commit touched. */
  lastCommitted(): string[] {
    return this.git('show', '--format=', '--name-only', '-z', 'HEAD').split('\0').filter(Boolean).sort();
  }

  gitDir(): string {
    return this.git('rev-parse', '--absolute-git-dir').trim();
  }

  indexBytes(): string {
    return readFileSync(join(this.gitDir(), 'index')).toString('hex');
  }

  /** Everything that must not change when an op is committed, the op records aside. */
  state(): PersonsState {
    const status = this.git(
      '--no-optional-locks',
      'status',
      '--porcelain=v2',
      '-z',
      '--untracked-files=all',
      '--ignored',
    );
    return {
      status: status.split('\0').filter((line) => !line.includes('tract-ops/')),
      // Mode, blob, stage, assume-unchanged and skip-worktree tags, and the cached stat data of each entry.
      // Flag 8000000 only says how git holds a split index in memory.
      index: withoutOps(
        this.git('ls-files', '--stage', '-v', '-f', '--debug')
          .replaceAll('flags: 8000000', 'flags: 0')
          .trimEnd()
          .split(/\n(?=\S)/),
      ),
      intentToAdd: withoutOps(this.git('diff-files', '--name-status', '--diff-filter=A').split('\n')),
      worktree: filesBelow(this.directory),
      stash: this.git('stash', 'list'),
      draft: readIfThere(join(this.gitDir(), 'COMMIT_EDITMSG')),
    };
  }
}

export interface PersonsState {
  readonly status: string[];
  readonly index: string[];
  readonly intentToAdd: string[];
  readonly worktree: Record<string, string>;
  readonly stash: string;
  readonly draft: string | undefined;
}

function withoutOps(lines: string[]): string[] {
  return lines.filter((line) => !line.includes('tract-ops/') && line !== '');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Each file below with its mode and bytes, `.git` and the op records aside. */
function filesBelow(directory: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(directory)) {
    if (name === '.git' || name === 'tract-ops') continue;
    const path = join(directory, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) Object.assign(found, filesBelow(path, `${prefix}${name}/`));
    else if (stat.isSymbolicLink()) found[prefix + name] = `link ${readlinkSync(path)}`;
    else found[prefix + name] = `${stat.mode.toString(8)} ${readFileSync(path, 'latin1')}`;
  }
  return found;
}

/** Time stands still unless told to go on. */
export class TestClock {
  now = Date.parse('2026-01-01T00:00:00.000Z');

  readonly clock = (): Date => new Date(this.now);

  hours(count: number): void {
    this.now += count * 3_600_000;
  }
}

export const RESET = { action: 'reset', actor: 'user', tractId: 'demo', branch: 'main' } as const;

export interface Notice {
  readonly reason: string;
  readonly message: string;
}

/** Ops with durability `git` in a folder; notices are collected. */
export function gitOps(directory: string, options: Partial<OpsOptions> = {}): { ops: Ops; notices: Notice[] } {
  const notices: Notice[] = [];
  const ops = openOps({ directory, durability: 'git', onNotice: (notice) => notices.push(notice), ...options });
  return { ops, notices };
}

/** Begins and completes one op and waits for what git does. */
export async function recordOp(ops: Ops, action = 'reset'): Promise<string> {
  const opId = await ops.begin({ ...RESET, action });
  await ops.complete(opId, { outcome: 'done' });
  await ops.idle();
  return opId;
}
