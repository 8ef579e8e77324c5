import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { HarnessError } from '../../../scripts/vscode/errors.js';

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** A Linux may have no `ps`: it comes with a package of its own. */
function runningOnLinux(): Running[] {
  return readdirSync('/proc').flatMap((name): Running[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The name in brackets may hold anything; behind it come state and parent.
      const [, parent = ''] = /^.*\) \S+ (\d+) /s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function runningByPs(): Running[] {
  const { stdout, status } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new HarnessError('The list of running processes cannot be read (ps).');
  return stdout.split('\n').flatMap((line): Running[] => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** The processes that are the extension hosts of the server that works in `dataDir`. */
export function extensionHosts(dataDir: string): number[] {
  const all = process.platform === 'linux' ? runningOnLinux() : runningByPs();
  const servers = new Set(all.filter(({ command }) => command.includes(dataDir)).map(({ pid }) => pid));
  return all
    .filter(({ parent, command }) => servers.has(parent) && command.includes('--type=extensionHost'))
    .map(({ pid }) => pid);
}

/** Kills them, as a crash would (SIGKILL). Returns how many there were. */
export function killExtensionHosts(dataDir: string): number {
  const hosts = extensionHosts(dataDir);
  for (const pid of hosts) process.kill(pid, 'SIGKILL');
  return hosts.length;
}
