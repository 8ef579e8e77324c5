import type { Confirm } from '../../core/agents/agent-tool.js';
import type { Tract } from '../../core/tract.js';

/** A running server for coding agents; its address is written beside the store's lock. */
export interface AgentServer {
  readonly url: string;
  readonly token: string;
  /** Takes the written address away too. */
  close(): Promise<void>;
}

/** Starts one; given by the composition root, since `vscode/` and `mcp/` do not know each other (Annex B.1). */
export type StartAgentServer = (options: {
  /** Of the store. */
  readonly directory: string;
  readonly tract: () => Promise<Tract>;
  readonly confirm: Confirm;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}) => Promise<AgentServer>;
