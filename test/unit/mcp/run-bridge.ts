/** `run-bridge.ts DIRECTORY`: the bridge between standard input and output and a window, as `tract mcp` runs it. */
import { runStdioBridge } from '../../../src/mcp/node/stdio-bridge.js';

await runStdioBridge({ directory: process.argv[2] ?? '' });
