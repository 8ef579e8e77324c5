import { z } from 'zod';
import { AGENT_TOOLS } from '../../src/core/agents/tools.js';

/** What `contributes.languageModelTools` in package.json has to be. */
export function toolManifest(): object[] {
  return AGENT_TOOLS.map(({ name, title, description, input }) => {
    const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
    return {
      name,
      displayName: title,
      modelDescription: description,
      userDescription: `${title} (Tract)`,
      toolReferenceName: `tract-${name.replaceAll('_', '-')}`,
      canBeReferencedInPrompt: true,
      icon: '$(git-commit)',
      tags: ['tract'],
      inputSchema,
    };
  });
}
