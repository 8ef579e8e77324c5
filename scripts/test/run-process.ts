import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { ROOT } from '../vscode/paths.js';

export interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** Standard output and error as they came; empty when they were streamed. */
  readonly output: string;
}

/**
 * Runs a Node script of ours or of a package; streams its output, or keeps it so that parallel runs stay readable. What was kept of
 * a run that ends with this process is printed. `niceness` (0–19): how far it gives way to other processes, with all it starts.
 */
export function runNode(args: readonly string[], output: 'stream' | 'keep', niceness = 0): Promise<Ended> {
  const start = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: output === 'stream' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined && niceness > 0) setPriority(child.pid, niceness);
  let kept = '';
  const endChild = () => {
    child.kill();
    if (kept !== '') writeSync(1, kept);
  };
  process.on('exit', endChild);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (kept += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', endChild);
      resolve({ code: code ?? 1, seconds: (Date.now() - start) / 1000, output: kept });
    });
  });
}

/** Arguments for Node that run a TypeScript file below `scripts/`. */
export const typescript = (script: string, ...args: string[]) => ['--import', 'tsx', `scripts/${script}`, ...args];
