import { hintsOf, type Register } from '../cli.js';
import { findStore } from '../find-store.js';

/** `tract mcp --store DIR`: what other tools start to reach the window that owns the store (Annex B.13). */
export const mcp: Register = (program, cli) => {
  program
    .command('mcp')
    .description('serve MCP on stdio, through the VS Code window that has the store open')
    .action(() => cli().runBridge({ directory: findStore(hintsOf(cli())) }));
};
