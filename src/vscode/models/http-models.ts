import type { Model } from '../../core/ports/model.js';
import { anthropicModel } from '../../llm/anthropic.js';
import type { HttpModelOptions } from '../../llm/http-model.js';
import { openAIChatModel } from '../../llm/openai-chat.js';
import { openAIResponsesModel } from '../../llm/openai-responses.js';
import { modelTokens } from '../../tokens/models.js';
import { readSettings } from '../settings.js';
import type { ApiKeys } from './api-keys.js';
import type { ProtocolName, Provider } from './model-settings.js';

const PROTOCOLS: Readonly<Record<ProtocolName, (options: HttpModelOptions) => Model>> = {
  openai: openAIChatModel,
  'openai-responses': openAIResponsesModel,
  anthropic: anthropicModel,
};

/** A model behind HTTP. Imported at the first call only: the official clients are large. */
export function httpProviderModel(provider: Provider, model: string, keys: ApiKeys): Model {
  const { contextWindow } = modelTokens(`${provider.name}/${model}`, readSettings().models);
  return PROTOCOLS[provider.protocol]({
    model,
    provider: provider.name,
    baseURL: provider.baseURL,
    apiKey: () => keys.key(provider.name, provider.baseURL),
    ...(contextWindow === null ? {} : { contextWindow }),
  });
}
