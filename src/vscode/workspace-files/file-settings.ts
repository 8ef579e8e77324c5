import * as vscode from 'vscode';
import type { SubstitutionSwitches } from '../../budget/substitution.js';

/** The settings `tract.files.*` as values; read anew each time. */
export interface FileSettings {
  /** Offered for a plan, in tokens; less when the context has less room. */
  readonly budgetTokens: number;
  /** Count files exactly instead of estimating them by length (SPEC §12 step 2). */
  readonly exactTokens: boolean;
  readonly switches: Required<SubstitutionSwitches>;
  readonly documentGlobs: readonly string[];
}

/** The settings `tract.embeddings.*`. */
export interface EmbeddingSettings {
  readonly enabled: boolean;
  readonly baseURL: string;
  readonly model: string;
  /** Undefined: the model's own, which is known for widely used ones. */
  readonly dimensions: number | undefined;
  /** Provider calls one selection may make; −1: any number, 0: none. */
  readonly maxCalls: number;
}

const MOST_GLOBS = 100;

export function readFileSettings(): FileSettings {
  const settings = vscode.workspace.getConfiguration('tract.files');
  const globs: unknown = settings.get('documentsOfRecord');
  return {
    budgetTokens: whole(settings.get('budgetTokens'), 0, 20_000),
    exactTokens: settings.get('exactTokens') === true,
    switches: {
      artifacts: settings.get('substitute.summaries') === true,
      historyPack: settings.get('substitute.historyPack') === true,
      documentsOfRecord: settings.get('substitute.documentsOfRecord') === true,
    },
    documentGlobs: Array.isArray(globs)
      ? globs.filter((glob): glob is string => typeof glob === 'string').slice(0, MOST_GLOBS)
      : [],
  };
}

export function readEmbeddingSettings(): EmbeddingSettings {
  const settings = vscode.workspace.getConfiguration('tract.embeddings');
  const dimensions = whole(settings.get('dimensions'), 1, 0);
  return {
    enabled: settings.get('enabled') === true,
    baseURL: text(settings.get('endpoint'), 'https://api.openai.com/v1'),
    model: text(settings.get('model'), 'text-embedding-3-small'),
    dimensions: dimensions === 0 ? undefined : dimensions,
    maxCalls: whole(settings.get('maxCalls'), -1, 100),
  };
}

function whole(value: unknown, least: number, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : otherwise;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : otherwise;
}
