import type { AgentTool } from './agent-tool.js';
import { READ_TOOLS } from './read-tools.js';
import { WRITE_TOOLS } from './write-tools.js';

/** Every tool that agents get, through VS Code's language model tools and through MCP alike (SPEC §15). */
export const AGENT_TOOLS: readonly AgentTool[] = [...READ_TOOLS, ...WRITE_TOOLS];
