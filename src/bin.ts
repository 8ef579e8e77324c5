#!/usr/bin/env node
/**
 * The `tract` command (SPEC §15): entry of `dist/cli.mjs` and its composition root. It hands the command line what belongs to other
 * layers: the stdio bridge of `mcp/` (Annex B.13), which `cli/` may not import.
 */
import { readFileSync } from 'node:fs';
import { runCli } from './cli/run.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

process.exitCode = await runCli(process.argv.slice(2), {
  version,
  // The MCP SDK is loaded only by the one command that needs it.
  runBridge: async (options) => (await import('./mcp/node/stdio-bridge.js')).runStdioBridge(options),
});
