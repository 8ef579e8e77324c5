/** What the chat tool's model gives; every part is optional. */
export interface AddFilesInput {
  readonly query?: string;
  readonly deliverables?: readonly string[];
  readonly modifiable?: readonly string[];
  readonly from?: readonly string[];
  readonly budgetTokens?: number;
}

const paths = (description: string) => ({
  type: 'array',
  items: { type: 'string', maxLength: 4096 },
  maxItems: 200,
  description,
});

/** The tool as the manifest declares it; needs `vscode`, so that it is no part of the agents' tools that MCP offers too. */
export const ADD_FILES_TOOL = {
  name: 'add_workspace_files',
  title: 'Add workspace files',
  description:
    'Chooses workspace files under a token budget and adds them to the active context as commits. Use it when the person asks to bring files into the context. Ignored, secret, binary and large files are never read. The person sees the plan and is asked before anything is stored.',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', maxLength: 10_000, description: 'What the person wants to do; files are ranked by it' },
      deliverables: paths('Paths in the workspace, with /, that must be in'),
      modifiable: paths('Paths of files that may be edited; they come before files that are only read'),
      from: paths('Files and folders to choose from; the whole workspace when left out'),
      budgetTokens: { type: 'integer', minimum: 0, description: 'Most tokens for these files' },
    },
    additionalProperties: false,
  },
} as const;
