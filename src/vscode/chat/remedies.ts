import * as vscode from 'vscode';
import { TractError } from '../../core/model/errors.js';
import type { CompiledMessage } from '../../core/model/context.js';
import type { Remedy } from '../../shared/composer-view.js';
import { compactCount } from '../../shared/format.js';
import { roomSuggestions, type RoomId } from './room-commands.js';

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

const LABELS: Readonly<Record<Exclude<RemedyId, RoomId>, string>> = {
  chooseModel: vscode.l10n.t('Choose Model…'),
  setApiKey: vscode.l10n.t('Set API Key…'),
  budgetSettings: vscode.l10n.t('Budget Settings'),
  checkoutPrevious: vscode.l10n.t('Checkout Previous'),
  generate: vscode.l10n.t('Ask Again'),
};

/** Whatever frees tokens in the context at hand, the most first. */
const ROOM = 'room';

/** By error code: what helps, best first. */
const HELP: Readonly<Record<string, readonly (keyof typeof LABELS | typeof ROOM)[]>> = {
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
  MODEL_CONTEXT_TOO_LONG: [ROOM, 'chooseModel'],
  REQUEST_TOO_LARGE: [ROOM, 'chooseModel'],
  BUDGET_EXCEEDED: [ROOM, 'budgetSettings'],
  DETACHED_HEAD: ['checkoutPrevious'],
};

/** Buttons for a call that failed (SPEC §11: what would have to go, and what does it), for a context of these messages. */
export function remediesFor(error: unknown, messages: readonly CompiledMessage[]): readonly Remedy[] {
  const help = error instanceof TractError ? (HELP[error.code] ?? []) : [];
  return help.flatMap((id) => (id === ROOM ? makingRoom(messages) : [{ id, label: LABELS[id] }]));
}

function makingRoom(messages: readonly CompiledMessage[]): Remedy[] {
  return roomSuggestions(messages).map(({ id, label, saves }) => ({
    id,
    label: vscode.l10n.t('{0} (frees ~{1})', label, compactCount(saves)),
  }));
}

export function remedyCommand(id: string): string | undefined {
  return (REMEDY_COMMANDS as Readonly<Record<string, string>>)[id];
}
