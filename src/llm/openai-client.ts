import OpenAI from 'openai';
import type { Connection } from './http-model.js';
import { CLIENT_TIMEOUT_MS } from './stream-fetch.js';

export const OPENAI_URL = 'https://api.openai.com/v1';

/**
 * The official client for one call. Address, organisation and project are never taken from the environment of the editor,
 * its own retries and time limit are off (ours apply), and it logs nothing: on malformed events it would log the answer.
 */
export function openAIClient({ apiKey, baseURL, fetch }: Connection): OpenAI {
  return new OpenAI({
    apiKey,
    adminAPIKey: null,
    baseURL,
    fetch,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: CLIENT_TIMEOUT_MS,
    logLevel: 'off',
    // Webviews and web workers of VS Code look like a browser; the key comes from SecretStorage, not from a page.
    dangerouslyAllowBrowser: true,
  });
}
