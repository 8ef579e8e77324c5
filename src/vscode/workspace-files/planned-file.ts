import type { BudgetSelection, FileSelection } from '../../budget/selection.js';
import type { Substitution } from '../../budget/substitution.js';
import type { Choice } from './choose-files.js';

/** One row of a plan: a file, or a summary that stands for some, as the person left it. */
export interface PlannedFile {
  readonly path: string;
  readonly tokens: number;
  readonly score: number;
  readonly reason: FileSelection['reason'];
  readonly kept: boolean;
  /** The person put it in or out. */
  readonly moved: boolean;
  readonly substitution: Substitution | null;
}

/** The rows of a choice, with what the person moved; deliverables cannot be moved. */
export function plannedFiles(
  { selection, substitutions }: Choice,
  moved: ReadonlyMap<string, boolean>,
): readonly PlannedFile[] {
  const substituted = new Map(substitutions.map((one) => [one.paths[0], one]));
  return selection.perFile.map(({ path, tokens, score, reason }): PlannedFile => {
    const fits = reason === 'pinned' || reason === 'fit';
    const kept = reason === 'pinned' ? true : (moved.get(path) ?? fits);
    return { path, tokens, score, reason, kept, moved: kept !== fits, substitution: substituted.get(path) ?? null };
  });
}

/** The selection as the person left it, for the metrics and the log line. */
export function selectionLeft(selection: BudgetSelection, files: readonly PlannedFile[]): BudgetSelection {
  const isKept = new Set(files.filter(({ kept }) => kept).map(({ path }) => path));
  const contents = new Map(selection.kept.map((file) => [file.path, file]));
  const used = files.reduce((sum, { kept, tokens }) => sum + (kept ? tokens : 0), 0);
  return {
    ...selection,
    kept: [...isKept].map((path) => contents.get(path) ?? { path, content: '' }),
    omitted: files.filter(({ kept }) => !kept).map(({ path }) => path),
    usedTokensEst: used,
    overBudget: used > selection.budgetTokens,
    filesKeptCount: isKept.size,
    filesOmittedCount: files.length - isKept.size,
  };
}
