import * as vscode from 'vscode';
import { compactCount } from '../../shared/format.js';
import { ENCODINGS } from '../../tokens/encodings.js';
import { knownModels, modelTokens } from '../../tokens/models.js';
import { readSettings } from '../settings.js';

interface CountingItem extends vscode.QuickPickItem {
  readonly encoding?: string;
  readonly model?: string;
}

/** Asks what tokens are counted for and remembers it in the settings. For programs: the name of a model or encoding. */
export async function chooseTokenCounting(given: unknown): Promise<void> {
  const items = countingItems();
  const isGiven = ({ encoding, model }: CountingItem): boolean => given !== undefined && given === (encoding ?? model);
  const chosen =
    items.find(isGiven) ??
    (await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Count Tokens for'),
      placeHolder: vscode.l10n.t('An encoding, or a model with its encoding and window'),
      matchOnDescription: true,
    }));
  if (chosen?.model !== undefined) {
    await remember('tokens.model', chosen.model);
  } else if (chosen?.encoding !== undefined) {
    await remember('tokens.model', undefined);
    await remember('encoding', chosen.encoding);
  }
}

function countingItems(): CountingItem[] {
  const { encoding: now, countedModel, models } = readSettings();
  const mark = (isNow: boolean): string => (isNow ? '$(check) ' : '');
  const separator = (label: string): CountingItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    separator(vscode.l10n.t('encodings')),
    ...ENCODINGS.map((encoding) => ({ label: mark(countedModel === null && encoding === now) + encoding, encoding })),
    separator(vscode.l10n.t('models')),
    ...knownModels(models).map((model) => {
      const { encoding, ownEncoding, contextWindow } = modelTokens(model, models);
      const exact = ownEncoding ? vscode.l10n.t('exact') : vscode.l10n.t('estimated');
      const window = contextWindow === null ? '' : ` · ${vscode.l10n.t('window {0}', compactCount(contextWindow))}`;
      return { label: mark(model === countedModel) + model, description: `${exact} · ${encoding}${window}`, model };
    }),
  ];
}

/** Where the setting is set already, else for the person. */
async function remember(key: string, value: string | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('tract');
  const inWorkspace = settings.inspect(key)?.workspaceValue !== undefined;
  await settings.update(
    key,
    value,
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
