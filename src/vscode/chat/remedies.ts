import * as vscode from 'vscode';
import { TractError } from '../../core/model/errors.js';
import type { Remedy } from '../../shared/composer-view.js';

/** Ids of what helps against a failed call → the command that does it. */
export const REMEDY_COMMANDS = {
  chooseModel: 'tract.configureModel',
  setApiKey: 'tract.setApiKey',
  compressOlder: 'tract.compressOlder',
  skipHeaviestToolResults: 'tract.skipHeaviestToolResults',
  slidingWindow: 'tract.slidingWindow',
  budgetSettings: 'tract.openBudgetSettings',
  checkoutPrevious: 'tract.checkoutPrevious',
  generate: 'tract.generate',
} as const;
export type RemedyId = keyof typeof REMEDY_COMMANDS;

const LABELS: Readonly<Record<RemedyId, string>> = {
  chooseModel: vscode.l10n.t('Choose Model…'),
  setApiKey: vscode.l10n.t('Set API Key…'),
  compressOlder: vscode.l10n.t('Compress Older Half…'),
  skipHeaviestToolResults: vscode.l10n.t('Skip Heaviest Tool Results…'),
  slidingWindow: vscode.l10n.t('Keep the Last Messages…'),
  budgetSettings: vscode.l10n.t('Budget Settings'),
  checkoutPrevious: vscode.l10n.t('Checkout Previous'),
  generate: vscode.l10n.t('Ask Again'),
};

const ROOM: readonly RemedyId[] = ['compressOlder', 'skipHeaviestToolResults', 'slidingWindow'];

/** By error code: what helps, best first. */
const HELP: Readonly<Record<string, readonly RemedyId[]>> = {
  NO_MODEL: ['chooseModel'],
  MODEL_AUTH: ['setApiKey', 'chooseModel'],
  MODEL_QUOTA: ['chooseModel'],
  MODEL_BAD_REQUEST: ['chooseModel'],
  MODEL_RATE_LIMIT: ['generate', 'chooseModel'],
  MODEL_SERVER: ['generate', 'chooseModel'],
  MODEL_NETWORK: ['generate'],
  MODEL_TIMEOUT: ['generate'],
  MODEL_STREAM_CUT: ['generate'],
  MODEL_STREAM_MALFORMED: ['generate', 'chooseModel'],
  MODEL_CONTEXT_TOO_LONG: ROOM,
  REQUEST_TOO_LARGE: ROOM,
  BUDGET_EXCEEDED: [...ROOM, 'budgetSettings'],
  DETACHED_HEAD: ['checkoutPrevious'],
};

/** Buttons for a call that failed (SPEC §11: what would have to go, and what does it). */
export function remediesFor(error: unknown): readonly Remedy[] {
  const ids = error instanceof TractError ? (HELP[error.code] ?? []) : [];
  return ids.map((id) => ({ id, label: LABELS[id] }));
}

export function remedyCommand(id: string): string | undefined {
  return (REMEDY_COMMANDS as Readonly<Record<string, string>>)[id];
}
