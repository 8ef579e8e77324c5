import { selectFilesForContext, type BudgetSelection } from '../../budget/selection.js';
import { substituteArtifacts, type Substitution } from '../../budget/substitution.js';
import type { Summary } from '../../budget/history-pack.js';
import type { CandidateFile } from '../../budget/workspace-files.js';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import type { SemanticOptions } from './embeddings.js';
import type { FileSettings } from './file-settings.js';

/** What the person asked for. */
export interface FileWishes {
  readonly query: string;
  readonly deliverables: readonly string[];
  readonly modifiable: readonly string[];
  readonly budgetTokens: number;
}

/** What a choice is made with. */
export interface ChoiceTools {
  readonly settings: FileSettings;
  readonly semantic: SemanticOptions;
  /** Summaries that may stand for files; only asked for when a switch is on. */
  readonly summaries: () => Promise<readonly Summary[]>;
  /** Exact tokens, only used when the settings ask for them: of all files off the thread, of a summary at once. */
  readonly counter: BackgroundCounter;
  readonly countTokens: (text: string) => number;
  readonly encoding: string;
}

export interface Choice {
  readonly selection: BudgetSelection;
  /** Planned ones; those count that the selection keeps. */
  readonly substitutions: readonly Substitution[];
  /** Tokens are exact, not estimated by length. */
  readonly exact: boolean;
}

/**
 * Substitutes where the switches allow it, then selects under the budget (SPEC §12).
 * @throws the signal's reason
 */
export async function chooseFiles(
  files: readonly CandidateFile[],
  wishes: FileWishes,
  tools: ChoiceTools,
  signal: AbortSignal,
): Promise<Choice> {
  const { deliverables, budgetTokens, query } = wishes;
  const { settings, semantic } = tools;
  const { switches, documentGlobs } = settings;
  const scope = Object.fromEntries(wishes.modifiable.map((path) => [path, { category: 'modifiable' }]));
  const countTokens = settings.exactTokens ? await exactCounter(files, tools, signal) : undefined;
  let substitutions: readonly Substitution[] = [];
  let candidates: readonly { readonly path: string; readonly content: string }[] = files;
  if (switches.artifacts || switches.documentsOfRecord) {
    const summaries = await tools.summaries();
    const plan = substituteArtifacts({ files, deliverables, scope, summaries, documentGlobs, switches, countTokens });
    ({ substitutions, files: candidates } = plan);
  }
  const selection = await selectFilesForContext({
    files: candidates,
    scope,
    deliverables,
    query,
    budgetTokens,
    countTokens,
    signal,
    ...semantic,
  });
  signal.throwIfAborted();
  return { selection, substitutions, exact: settings.exactTokens };
}

/** Files are counted in the background first, so that counting them again costs nothing. */
async function exactCounter(
  files: readonly CandidateFile[],
  { counter, encoding, countTokens }: ChoiceTools,
  signal: AbortSignal,
): Promise<(text: string) => number> {
  const texts = [...new Set(files.map(({ content }) => content))];
  const counts = await counter.countMany(texts, { encoding, signal });
  const known = new Map(texts.map((text, index) => [text, counts[index] ?? 0]));
  return (text) => known.get(text) ?? countTokens(text);
}
