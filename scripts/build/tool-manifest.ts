import { z } from 'zod';
import { AGENT_TOOLS } from '../../src/core/agents/tools.js';
import { ADD_FILES_TOOL } from '../../src/vscode/workspace-files/add-files-input.js';

/** What `contributes.languageModelTools` in package.json has to be. */
export function toolManifest(): object[] {
  const agentTools = AGENT_TOOLS.map(({ name, title, description, input }) => {
    const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
    return { name, title, description, inputSchema };
  });
  return [...agentTools, ADD_FILES_TOOL].map(({ name, title, description, inputSchema }) => ({
    name,
    displayName: title,
    modelDescription: description,
    userDescription: `${title} (Tract)`,
    toolReferenceName: `tract-${name.replaceAll('_', '-')}`,
    canBeReferencedInPrompt: true,
    icon: '$(git-commit)',
    tags: ['tract'],
    inputSchema,
  }));
}
