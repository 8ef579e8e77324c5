import * as vscode from 'vscode';
import { modelTokens } from '../../tokens/models.js';
import { readSettings } from '../settings.js';

/** What the numbers in editors are counted for. */
export interface Counting {
  readonly encoding: string;
  /** Null: for an encoding as such. */
  readonly model: string | null;
  /** The model's own tokenizer is not public: its counts are estimates and are shown with `~`. */
  readonly estimated: boolean;
  /** Tokens that a context may have: the budget, else the model's window, less what is reserved; null when not known. */
  readonly available: number | null;
}

export function readCounting(): Counting {
  const { encoding, countedModel, models, budget } = readSettings();
  const known = countedModel === null ? null : modelTokens(countedModel, models);
  const max = budget.maxTokens ?? known?.contextWindow ?? null;
  return {
    encoding,
    model: countedModel,
    estimated: known !== null && !known.ownEncoding,
    available: max === null ? null : Math.max(0, max - budget.reserveOutput),
  };
}

/** `exact for gpt-4o (o200k_base)`, or why it is an estimate (SPEC §6). */
export function describeCounting({ encoding, model, estimated }: Counting): string {
  if (model === null) return vscode.l10n.t('exact for {0}', encoding);
  return estimated
    ? vscode.l10n.t('estimated: the tokenizer of {0} is not public, {1} stands in', model, encoding)
    : vscode.l10n.t('exact for {0} ({1})', model, encoding);
}
