#!/usr/bin/env node
/**
 * The `tract` command (SPEC §15): entry of `dist/cli.mjs` and its composition root. It hands the command line what belongs to other
 * layers: the stdio bridge of `mcp/` (Annex B.13), which `cli/` may not import.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runCli } from './cli/run.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

// A pager that was left, a `head` that has enough: nothing is wrong.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

process.exitCode = await runCli(process.argv.slice(2), {
  version,
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  // Optimising SQLite's code costs half of what a command takes, and pays off in none but the longest.
  beforeShortCommand: () => {
    setFlagsFromString('--liftoff-only');
  },
  // The MCP SDK is loaded only by the one command that needs it.
  runBridge: async (options) => (await import('./mcp/node/stdio-bridge.js')).runStdioBridge(options),
});
