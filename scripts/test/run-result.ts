import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RunResult } from './tally.js';

/** Written once, after the last test. */
export function writeRunResult(file: string, result: RunResult): void {
  writeFileSync(file, JSON.stringify(result));
}

/** What the run wrote; undefined when it was cut off before its end. */
export function readRunResult(file: string): RunResult | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunResult) : undefined;
}
