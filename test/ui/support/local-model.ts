import type { Settings } from '../../../scripts/vscode/server.js';
import type { LlmServer } from '../../fixtures/llm-server.js';

/** Settings that make the loopback server the provider `local`, and its `fake-1` the model for this operation. */
export const localModel = (server: LlmServer, operation: 'chat' | 'compress'): Settings => ({
  'tract.providers': { local: { protocol: 'openai', baseURL: server.openAI, models: ['fake-1'] } },
  [`tract.model.${operation}`]: 'local/fake-1',
});
