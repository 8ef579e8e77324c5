import { spawn } from 'node:child_process';
import { ROOT } from '../vscode/paths.js';

export interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** Standard output and error as they came; empty when they were streamed. */
  readonly output: string;
}

/** Runs a Node script of ours or of a package; streams its output, or keeps it so that parallel runs stay readable. */
export function runNode(args: readonly string[], output: 'stream' | 'keep'): Promise<Ended> {
  const start = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: output === 'stream' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
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
