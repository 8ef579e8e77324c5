import * as vscode from 'vscode';
import { compactCount } from '../../shared/format.js';
import type { CommandTable } from '../commands/command.js';
import { registerCommands } from '../commands/command.js';
import { WindowError } from '../errors.js';
import type { Contribution, TractWindow } from '../window.js';
import { OPERATIONS, readProviders, type Operation, type Provider } from './model-settings.js';

/** Choosing models and keeping keys (SPEC §10). */
export const models: Contribution = {
  name: 'models',
  register: (window) => registerCommands(window, modelCommands(window)),
};

function modelCommands(window: TractWindow): CommandTable {
  return {
    chooseModel: (operation, id) => choose(window, operation, id),
    configureModel: () => choose(window, 'chat', undefined),
    setApiKey: (provider) => setApiKey(window, provider),
    clearApiKey: (provider) => clearApiKey(window, provider),
  };
}

const NAMES: Readonly<Record<Operation, string>> = {
  chat: vscode.l10n.t('Chat and generate'),
  compress: vscode.l10n.t('Compress (summaries)'),
  merge: vscode.l10n.t('Merge (proposals for conflicts)'),
};

async function choose(window: TractWindow, given: unknown, id: unknown): Promise<string | undefined> {
  const { refusal } = window.models;
  if (refusal !== null) throw new WindowError(refusal);
  const operation = OPERATIONS.find((known) => known === given) ?? (await pickOperation(window));
  if (operation === undefined) return undefined;
  const chosen = typeof id === 'string' ? id : await pickModel(window, operation);
  if (chosen === undefined) return undefined;
  await window.models.choose(operation, chosen);
  return chosen;
}

async function pickOperation({ models: list }: TractWindow): Promise<Operation | undefined> {
  const items = OPERATIONS.map((operation) => ({
    label: NAMES[operation],
    description: list.chosen(operation) ?? vscode.l10n.t('none yet'),
    operation,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Choose a Model for') });
  return picked?.operation;
}

interface ModelItem extends vscode.QuickPickItem {
  readonly act: () => Promise<string | undefined>;
}

async function pickModel(window: TractWindow, operation: Operation): Promise<string | undefined> {
  const current = window.models.chosen(operation);
  const items: ModelItem[] = (await window.models.list()).map((model) => ({
    label: `${model.id === current ? '$(check) ' : ''}${model.label}`,
    description: [model.provider, ...(model.window === null ? [] : [compactCount(model.window)])].join(' · '),
    ...(model.note === null ? {} : { detail: model.note }),
    act: () => Promise.resolve(model.id),
  }));
  const providers = readProviders();
  items.push(
    {
      label: `$(edit) ${vscode.l10n.t('Another model of a provider…')}`,
      act: () => typeModel(providers),
    },
    {
      label: `$(key) ${vscode.l10n.t('Set an API key…')}`,
      detail: vscode.l10n.t('for OpenAI, Anthropic, or a provider of the settings'),
      act: async () => ((await setApiKey(window, undefined)) ? pickModel(window, operation) : undefined),
    },
    {
      label: `$(gear) ${vscode.l10n.t('Add an OpenAI-compatible or other provider…')}`,
      detail: vscode.l10n.t('Ollama, vLLM, OpenRouter …: name and base URL in the setting tract.providers'),
      act: async () => {
        await vscode.commands.executeCommand('workbench.action.openSettings', 'tract.providers');
        return undefined;
      },
    },
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Model: {0}', NAMES[operation]),
    matchOnDescription: true,
  });
  return picked?.act();
}

async function typeModel(providers: readonly Provider[]): Promise<string | undefined> {
  const provider = await pickProvider(providers, vscode.l10n.t('A Model of Which Provider?'));
  if (!provider) return undefined;
  const name = await vscode.window.showInputBox({
    title: provider.name,
    prompt: vscode.l10n.t("The model's name as the provider writes it"),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A name is needed.') : undefined),
  });
  return name === undefined ? undefined : `${provider.name}/${name.trim()}`;
}

async function pickProvider(providers: readonly Provider[], title: string): Promise<Provider | undefined> {
  const items = providers.map((provider) => ({
    label: provider.name,
    description: provider.baseURL ?? provider.protocol,
    provider,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.provider;
}

/** True when one was stored. It is shown nowhere and kept in SecretStorage only. */
async function setApiKey(window: TractWindow, given: unknown): Promise<boolean> {
  const { refusal } = window.models;
  if (refusal !== null) throw new WindowError(refusal);
  const providers = readProviders();
  const provider =
    providers.find(({ name }) => name === given) ??
    (await pickProvider(providers, vscode.l10n.t('API Key for Which Provider?')));
  if (!provider) return false;
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('API Key for {0}', provider.name),
    prompt: vscode.l10n.t(
      "Kept in the system's secret storage and sent to {0} only.",
      provider.baseURL ?? provider.name,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[!-~]+$/.test(text.trim()) ? undefined : vscode.l10n.t('A key has no spaces and is not empty.'),
  });
  if (key === undefined) return false;
  await window.models.keys.set(provider.name, provider.baseURL, key.trim());
  void vscode.window.showInformationMessage(vscode.l10n.t('The key for {0} is stored.', provider.name));
  return true;
}

async function clearApiKey(window: TractWindow, given: unknown): Promise<boolean> {
  const providers = readProviders();
  const provider =
    providers.find(({ name }) => name === given) ??
    (await pickProvider(providers, vscode.l10n.t('Clear the API Key of Which Provider?')));
  if (!provider) return false;
  await window.models.keys.clear(provider.name);
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no key for {0} any more.', provider.name));
  return true;
}
