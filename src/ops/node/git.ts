import { execFile } from 'node:child_process';

/** What a git command did. `missing`: there is no git to run. */
export interface GitResult {
  readonly ok: boolean;
  /** Exit code; null when git was stopped after its time or could not be started. */
  readonly code: number | null;
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one git command in the folder it was made for. Never rejects. */
export type Git = (args: readonly string[], options?: { readonly writes?: boolean }) => Promise<GitResult>;

/** Longest time of a command in milliseconds; `kill` is after the polite stop, in which git removes its lock files. */
const TIMEOUTS = { reads: 15_000, writes: 60_000, kill: 5_000 };
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Of git's own environment only who and whose settings; never a directory, index or object store of some caller. */
const KEPT =
  /^GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|CEILING_DIRECTORIES)$/;

/** Options of every command: no program of the person's runs (hooks, fsmonitor, signing, maintenance). */
const QUIET_CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'commit.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'i18n.commitEncoding=UTF-8',
].flatMap((setting) => ['-c', setting]);

/**
 * Git without a shell (SPEC §13), with a fixed environment: no prompt, no pager, no editor, messages untranslated,
 * and no optional lock, so that reading never touches the person's index. Takes at most 65 s.
 */
export function gitIn(cwd: string, gitPath = 'git', timeouts = TIMEOUTS): Git {
  return (args, { writes = false } = {}) =>
    new Promise((resolve) => {
      const child = execFile(
        gitPath,
        ['--no-pager', ...QUIET_CONFIG, ...args],
        { cwd, env: environment(), encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true, shell: false },
        (error, stdout, stderr) => {
          clearTimeout(stop);
          clearTimeout(kill);
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
          resolve({ ok: code === 0, code, missing: isMissing(error), stdout, stderr });
        },
      );
      const timeout = writes ? timeouts.writes : timeouts.reads;
      const stop = setTimeout(() => {
        // A program that git started may hold the pipes after git is gone.
        child.stdout?.destroy();
        child.stderr?.destroy();
        child.kill('SIGTERM');
      }, timeout);
      const kill = setTimeout(() => child.kill('SIGKILL'), timeout + timeouts.kill);
      child.stdin?.end();
    });
}

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name));
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_EDITOR: ':',
  };
}

function isMissing(error: (Error & { code?: unknown }) | null): boolean {
  return error?.code === 'ENOENT' || error?.code === 'EACCES';
}
