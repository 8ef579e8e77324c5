import * as vscode from 'vscode';
import { BRANCH_NAME } from '../core/operations/ref-name.js';
import { modelTokens, type ModelSettings } from '../tokens/models.js';

/** The settings of `package.json` as values; read anew each time, so that a change holds at once. */
export interface TractSettings {
  readonly defaultBranch: string;
  /** The encoding of the model that is counted for, else the one chosen. */
  readonly encoding: string;
  /** The model that tokens are counted for; null when only an encoding is chosen. */
  readonly countedModel: string | null;
  readonly budget: {
    /** Null: the model's window. */
    readonly maxTokens: number | null;
    readonly reserveOutput: number;
    readonly action: 'warn' | 'reject';
    /** Shares of the available tokens, 0…1. */
    readonly warnAt: number;
    readonly errorAt: number;
    /** Share from which compressing is suggested; null: never. */
    readonly suggestCompressAt: number | null;
  };
  readonly models: ModelSettings;
  /** The person's own correlation ids for the op log (SPEC §13). */
  readonly missionId: string | null;
  readonly wpId: string | null;
}

export function readSettings(): TractSettings {
  const settings = vscode.workspace.getConfiguration('tract');
  const maxTokens = whole(settings.get('budget.maxTokens'), 0);
  const models = settings.get<ModelSettings>('models') ?? {};
  const countedModel = text(settings.get('tokens.model'), '');
  const chosen = text(settings.get('encoding'), 'o200k_base');
  return {
    defaultBranch: branchName(settings.get('defaultBranch'), 'main'),
    encoding: countedModel === '' ? chosen : modelTokens(countedModel, models).encoding,
    countedModel: countedModel === '' ? null : countedModel,
    budget: {
      maxTokens: maxTokens === 0 ? null : maxTokens,
      reserveOutput: reserve(whole(settings.get('budget.reserveOutput'), 0), maxTokens),
      action: settings.get('budget.action') === 'reject' ? 'reject' : 'warn',
      warnAt: share(settings.get('budget.warnAt'), 0.8),
      errorAt: share(settings.get('budget.errorAt'), 0.95),
      suggestCompressAt:
        settings.get('compress.suggestAt') === 0 ? null : share(settings.get('compress.suggestAt'), 0.9),
    },
    models,
    missionId: correlationId(settings.get('ops.missionId')),
    wpId: correlationId(settings.get('ops.wpId')),
  };
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : otherwise;
}

/** A name that no branch can have is none. */
function branchName(value: unknown, otherwise: string): string {
  const name = text(value, otherwise);
  return BRANCH_NAME.accepts(name) ? name : otherwise;
}

/** One line of at most 200 characters, as op records take them; anything else is none, so that no record is lost over it. */
function correlationId(value: unknown): string | null {
  const id = text(value, '');
  return id === '' || id.length > 200 || /\p{Cc}/u.test(id) ? null : id;
}

function whole(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}

/** What is reserved must leave something of the maximum. */
function reserve(reserved: number, maxTokens: number): number {
  return maxTokens > 0 && reserved >= maxTokens ? maxTokens - 1 : reserved;
}

/** Settings give percent. */
function share(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 && value <= 100 ? value / 100 : otherwise;
}
