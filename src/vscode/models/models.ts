import * as vscode from 'vscode';
import { NoModelError } from '../../core/model/errors.js';
import type { Model } from '../../core/ports/model.js';
import type { ModelView } from '../../shared/composer-view.js';
import { modelTokens } from '../../tokens/models.js';
import { readSettings } from '../settings.js';
import { ApiKeys } from './api-keys.js';
import { lmModelId, LM_NOTE, LM_PROVIDER } from './lm-model.js';
import { chosenModel, chooseModel, readProviders, type Operation, type Provider } from './model-settings.js';

/** The models a person has: VS Code's own, and those of providers behind HTTP (SPEC §10). */
export class Models implements vscode.Disposable {
  readonly keys: ApiKeys;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: { dispose(): unknown }[];
  #listed: Promise<readonly ModelView[]> | null = null;

  /** The list or the choice may be another. */
  readonly onDidChange = this.#changed.event;

  constructor(secrets: vscode.SecretStorage) {
    this.keys = new ApiKeys(secrets);
    const forget = () => {
      this.#listed = null;
      this.#changed.fire();
    };
    this.#disposables = [
      this.#changed,
      this.keys.onDidChange(forget),
      vscode.lm.onDidChangeChatModels(forget),
      vscode.workspace.onDidGrantWorkspaceTrust(forget),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (['tract.providers', 'tract.model', 'tract.models'].some((key) => change.affectsConfiguration(key)))
          forget();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Why no model may be called here; null when one may. */
  get refusal(): string | null {
    return vscode.workspace.isTrusted
      ? null
      : vscode.l10n.t('Models are called in trusted workspaces only. Trust this workspace, then send.');
  }

  /** What can be chosen from. Cached until something changes. */
  list(): Promise<readonly ModelView[]> {
    this.#listed ??= this.#list();
    return this.#listed;
  }

  async #list(): Promise<readonly ModelView[]> {
    if (this.refusal !== null) return [];
    const ofCode = await vscode.lm.selectChatModels().then(
      (models) => models,
      () => [],
    );
    const views: ModelView[] = ofCode.map((model) => ({
      id: lmModelId(model),
      label: model.name,
      provider: model.vendor,
      window: model.maxInputTokens,
      note: LM_NOTE,
    }));
    for (const provider of readProviders()) {
      const usable = provider.baseURL !== undefined || (await this.keys.key(provider.name, undefined)) !== undefined;
      if (usable) views.push(...provider.models.map((name) => this.#view(provider, name)));
    }
    const chosen = chosenModel('chat');
    const provider = readProviders().find(({ name }) => chosen?.startsWith(`${name}/`));
    if (chosen !== null && provider && !views.some(({ id }) => id === chosen))
      views.push(this.#view(provider, chosen.slice(provider.name.length + 1)));
    return views;
  }

  #view(provider: Provider, name: string): ModelView {
    const id = `${provider.name}/${name}`;
    const { contextWindow } = modelTokens(id, readSettings().models);
    return { id, label: name, provider: provider.name, window: contextWindow, note: null };
  }

  /** The id chosen for an operation; null when none is. */
  chosen(operation: Operation): string | null {
    return chosenModel(operation);
  }

  choose(operation: Operation, id: string): Promise<void> {
    return chooseModel(operation, id);
  }

  /**
   * The model chosen for an operation. The clients are loaded here, at the first need.
   * @throws NoModelError when none is chosen, the one chosen is gone, or the workspace is not trusted
   */
  async model(operation: Operation): Promise<Model> {
    if (this.refusal !== null) throw new NoModelError(`${this.refusal} ${NOTHING_SENT}`);
    const id = chosenModel(operation);
    if (id === null)
      throw new NoModelError(
        vscode.l10n.t('No model is chosen yet. Choose one with “Tract: Choose Model…”. {0}', NOTHING_SENT),
      );
    return id.startsWith(`${LM_PROVIDER}/`) ? this.#modelOfCode(id) : this.#modelOfProvider(id);
  }

  async #modelOfCode(id: string): Promise<Model> {
    const found = (await vscode.lm.selectChatModels()).find((model) => lmModelId(model) === id);
    if (!found) throw gone(id);
    const { lmModel } = await import('./lm-model.js');
    return lmModel(found);
  }

  async #modelOfProvider(id: string): Promise<Model> {
    const provider = readProviders().find(({ name }) => id.startsWith(`${name}/`));
    if (!provider) throw gone(id);
    const { httpProviderModel } = await import('./http-models.js');
    return httpProviderModel(provider, id.slice(provider.name.length + 1), this.keys);
  }
}

const NOTHING_SENT = vscode.l10n.t('Nothing was sent.');

function gone(id: string): NoModelError {
  return new NoModelError(
    vscode.l10n.t(
      "The model '{0}' is not there now. Choose another with “Tract: Choose Model…”. {1}",
      id,
      NOTHING_SENT,
    ),
  );
}
