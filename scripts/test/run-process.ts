import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { ROOT, WINDOWS } from '../vscode/paths.js';

export interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** Standard output and error as they came; empty when they were streamed. */
  readonly output: string;
}

export interface RunOptions {
  /** Kept output lets parallel runs stay readable. */
  readonly output: 'stream' | 'keep';
  /** Takes only the time that other processes leave. */
  readonly inBackground?: boolean;
}

/** Runs a Node script of ours or of a package. */
export function runNode(args: readonly string[], { output, inBackground = false }: RunOptions): Promise<Ended> {
  const start = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: output === 'stream' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    detached: inBackground && !WINDOWS,
  });
  if (inBackground && child.pid !== undefined) yieldToOthers(child.pid);
  const endChild = () => child.kill();
  process.on('exit', endChild);
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (kept += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', endChild);
      resolve({ code: code ?? 1, seconds: (Date.now() - start) / 1000, output: kept });
    });
  });
}

/**
 * The lowest priority. Linux shares processors out to sessions first where it groups by them, whatever the priorities inside
 * them: there the process leads a session of its own, and that has to yield as well.
 */
function yieldToOthers(pid: number): void {
  setPriority(pid, constants.priority.PRIORITY_LOW);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // Not Linux, no such groups, or (for all but root) asked for too often: then it has its own priority only.
  }
}

/** Arguments for Node that run a TypeScript file below `scripts/`. */
export const typescript = (script: string, ...args: string[]) => ['--import', 'tsx', `scripts/${script}`, ...args];
