import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What tells one process from every other one, also from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine; null where the system has none. */
  readonly boot: string | null;
  /** When the process was started, in the system's own words, which do not move when the clock is set; null when unknown. */
  readonly started: string | null;
}

let ownStart: Promise<string | null> | undefined;

export async function ownIdentity(): Promise<ProcessIdentity> {
  ownStart ??= startOf(process.pid);
  return { pid: process.pid, host: hostname(), boot: await bootId(), started: await ownStart };
}

/** True only when it is certain that this process runs no more. */
export async function isGone(identity: ProcessIdentity): Promise<boolean> {
  // Processes of another machine (a shared folder, a container) cannot be asked for.
  if (identity.host !== hostname()) return false;
  const boot = await bootId();
  if (identity.boot !== null && boot !== null && identity.boot !== boot) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  if (identity.started === null) return false;
  const started = await startOf(identity.pid);
  return started !== null && started !== identity.started;
}

/** Linux has a boot id. macOS and Windows: the start time of the process tells boots apart well enough. */
async function bootId(): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return null;
  }
}

async function startOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
      // The name, in parentheses, may hold anything; the 22nd field, counted behind it, is the start in ticks since boot.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
    }
    if (process.platform === 'win32') {
      const script = `(Get-Process -Id ${String(pid)}).StartTime.ToFileTimeUtc()`;
      const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], LIMITS);
      return stdout.trim() || null;
    }
    // The locale and time zone of the two processes may differ, the text must not.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { ...LIMITS, env });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

const LIMITS = { timeout: 5000, windowsHide: true } as const;
