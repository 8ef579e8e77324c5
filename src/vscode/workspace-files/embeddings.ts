import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { EmbeddingCache } from '../../budget/embedding-cache.js';
import type { Embedder } from '../../budget/embedder.js';
import type { SelectionOptions } from '../../budget/selection.js';
import { WindowError } from '../errors.js';
import type { ApiKeys } from '../models/api-keys.js';
import { readEmbeddingSettings, type EmbeddingSettings } from './file-settings.js';

/** The name the key is kept under; providers of the settings cannot be called so. */
const KEY_NAME = '@embeddings';

export interface EmbeddingsOptions {
  readonly keys: ApiKeys;
  /** Folder of the store; the cache is a file of its own beside it. Null where the store is in no folder: then nothing is kept. */
  readonly storeDirectory: string | null;
  readonly log: vscode.LogOutputChannel;
}

/** What a selection is given to rank by meaning; without `embedder` it ranks by words and says why. */
export type SemanticOptions = Pick<SelectionOptions, 'semantic' | 'callCap' | 'embedder' | 'cache'>;

/** Embeddings of workspace files: off until asked for, then through the endpoint of the settings, with a cache on disk (SPEC §12). */
export class Embeddings implements vscode.Disposable {
  readonly #options: EmbeddingsOptions;
  #cache: Promise<EmbeddingCache> | null = null;

  constructor(options: EmbeddingsOptions) {
    this.#options = options;
  }

  dispose(): void {
    void this.#cache?.then((cache) => cache.close());
  }

  /** What the settings allow right now. Never rejects: what is missing makes the ranking lexical, with the reason. */
  async forSelection(): Promise<SemanticOptions> {
    const settings = readEmbeddingSettings();
    if (!settings.enabled) return { semantic: false };
    const asked = { semantic: true, callCap: settings.maxCalls };
    if (settings.maxCalls === 0 || !vscode.workspace.isTrusted) return asked;
    try {
      return { ...asked, embedder: await this.#embedder(settings), cache: await this.#openCache() };
    } catch (error) {
      this.#options.log.warn(`Embeddings are not available: ${error instanceof Error ? error.message : String(error)}`);
      return asked;
    }
  }

  /** Asks for the key of the endpoint in the settings; an empty answer takes it away. */
  async setKey(): Promise<boolean> {
    if (!vscode.workspace.isTrusted)
      throw new WindowError(vscode.l10n.t('Trust this workspace first: embeddings are off in it until then.'));
    const { baseURL } = readEmbeddingSettings();
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('API Key for Embeddings'),
      prompt: vscode.l10n.t(
        "Kept in the system's secret storage and sent to {0} only. Leave empty to remove it.",
        baseURL,
      ),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/^[!-~]*$/.test(text.trim()) ? undefined : vscode.l10n.t('A key has no spaces.')),
    });
    if (key === undefined) return false;
    const { keys } = this.#options;
    await (key.trim() === '' ? keys.clear(KEY_NAME) : keys.set(KEY_NAME, baseURL, key.trim()));
    return true;
  }

  async #embedder({ model, baseURL, dimensions }: EmbeddingSettings): Promise<Embedder> {
    // The official client is large: it is loaded at the first need only.
    const { createOpenAiEmbedder } = await import('../../budget/openai-embedder.js');
    const apiKey = (await this.#options.keys.key(KEY_NAME, baseURL)) ?? null;
    return createOpenAiEmbedder({ apiKey, model, baseURL, ...(dimensions === undefined ? {} : { dimensions }) });
  }

  #openCache(): Promise<EmbeddingCache> {
    const { storeDirectory } = this.#options;
    this.#cache ??= import('../../budget/node/open-embedding-cache.js').then(({ openEmbeddingCache }) =>
      openEmbeddingCache({
        ...(storeDirectory === null ? {} : { directory: dirname(storeDirectory) }),
        warn: (message) => {
          this.#options.log.warn(message);
        },
      }),
    );
    return this.#cache;
  }
}
