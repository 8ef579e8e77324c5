import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { ROOT } from '../vscode/paths.js';

export interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** Standard output and error as they came; empty when they were streamed. */
  readonly output: string;
}

const PRIORITIES = {
  normal: constants.priority.PRIORITY_NORMAL,
  background: constants.priority.PRIORITY_BELOW_NORMAL,
  idle: constants.priority.PRIORITY_LOW,
};

export interface RunOptions {
  /** Kept output lets parallel runs stay readable. */
  readonly output: 'stream' | 'keep';
  /** `background` has to wait where other processes want the processor; `idle` takes only what they leave. */
  readonly priority?: keyof typeof PRIORITIES;
}

/** Runs a Node script of ours or of a package. */
export function runNode(args: readonly string[], { output, priority = 'normal' }: RunOptions): Promise<Ended> {
  const start = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: output === 'stream' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  if (priority !== 'normal' && child.pid !== undefined) setPriority(child.pid, PRIORITIES[priority]);
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

/** Arguments for Node that run a TypeScript file below `scripts/`. */
export const typescript = (script: string, ...args: string[]) => ['--import', 'tsx', `scripts/${script}`, ...args];
