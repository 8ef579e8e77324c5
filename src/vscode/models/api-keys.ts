import type * as vscode from 'vscode';

/** One secret a provider; the list of their names is no secret. */
const PREFIX = 'tract.apiKey.';

interface StoredKey {
  readonly key: string;
  /** The address it was given for; null: the provider's own. */
  readonly baseURL: string | null;
}

/**
 * Keys of providers, in SecretStorage only (SPEC §10, §17). A key is bound to the address it was given for: settings of a
 * workspace that point a known provider elsewhere do not get it.
 */
export class ApiKeys {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  get onDidChange(): vscode.Event<vscode.SecretStorageChangeEvent> {
    return this.#secrets.onDidChange;
  }

  /** Undefined when there is none for this provider at this address. */
  async key(provider: string, baseURL: string | undefined): Promise<string | undefined> {
    const stored = parse(await this.#secrets.get(PREFIX + provider));
    return stored?.baseURL === (baseURL ?? null) ? stored.key : undefined;
  }

  async set(provider: string, baseURL: string | undefined, key: string): Promise<void> {
    const stored: StoredKey = { key, baseURL: baseURL ?? null };
    await this.#secrets.store(PREFIX + provider, JSON.stringify(stored));
  }

  async clear(provider: string): Promise<void> {
    await this.#secrets.delete(PREFIX + provider);
  }
}

function parse(text: string | undefined): StoredKey | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<StoredKey>;
    return typeof value.key === 'string' ? { key: value.key, baseURL: value.baseURL ?? null } : undefined;
  } catch {
    return undefined;
  }
}
