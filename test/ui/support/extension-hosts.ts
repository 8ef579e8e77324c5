import { spawnSync } from 'node:child_process';
import { HarnessError } from '../../../scripts/vscode/errors.js';

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes that are the extension hosts of the server that works in `dataDir`. */
export function extensionHosts(dataDir: string): number[] {
  const { stdout, status } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new HarnessError('The list of running processes cannot be read (ps).');
  const all = stdout.split('\n').flatMap((line): Running[] => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
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
