import * as vscode from 'vscode';

/** What a model is asked for; each may have a model of its own (SPEC §10). */
export const OPERATIONS = ['chat', 'compress', 'merge'] as const;
export type Operation = (typeof OPERATIONS)[number];

const PROTOCOLS = ['openai', 'openai-responses', 'anthropic'] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** A provider behind HTTP: one of the two that need no setting, or one of `tract.providers`. */
export interface Provider {
  readonly name: string;
  readonly protocol: ProtocolName;
  /** Undefined: the protocol's own address. */
  readonly baseURL: string | undefined;
  readonly models: readonly string[];
}

/** Offered once their key is set. A person may type any other model of theirs. */
const WELL_KNOWN: readonly Provider[] = [
  { name: 'openai', protocol: 'openai-responses', baseURL: undefined, models: ['gpt-5', 'gpt-5-mini', 'gpt-4.1'] },
  {
    name: 'anthropic',
    protocol: 'anthropic',
    baseURL: undefined,
    models: ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'],
  },
];

/** `tract.providers`, then the well-known ones it does not redefine. Entries that are not what they should be are left out. */
export function readProviders(): readonly Provider[] {
  const setting = vscode.workspace.getConfiguration('tract').get<Record<string, unknown>>('providers') ?? {};
  const own = Object.entries(setting).flatMap(([name, value]) => providerOf(name, value) ?? []);
  return [...own, ...WELL_KNOWN.filter(({ name }) => !own.some((provider) => provider.name === name))];
}

function providerOf(name: string, value: unknown): Provider | undefined {
  // The name is the first part of a model's id.
  if (typeof value !== 'object' || value === null || !/^[\w.-]{1,60}$/.test(name)) return undefined;
  const { protocol, baseURL, models } = value as Record<string, unknown>;
  return {
    name,
    protocol: PROTOCOLS.find((known) => known === protocol) ?? 'openai',
    baseURL: typeof baseURL === 'string' && baseURL.trim() !== '' ? baseURL.trim() : undefined,
    models: Array.isArray(models) ? models.filter((model): model is string => typeof model === 'string') : [],
  };
}

/** The id of the model chosen for an operation; that of `chat` where it has none of its own; null without any. */
export function chosenModel(operation: Operation): string | null {
  const own = vscode.workspace.getConfiguration('tract').get<string>(`model.${operation}`)?.trim();
  if (own !== undefined && own !== '') return own;
  return operation === 'chat' ? null : chosenModel('chat');
}

/** Kept where it was set before: in the workspace if there, else for the person. */
export async function chooseModel(operation: Operation, id: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('tract');
  const inWorkspace = settings.inspect(`model.${operation}`)?.workspaceValue !== undefined;
  await settings.update(
    `model.${operation}`,
    id,
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
