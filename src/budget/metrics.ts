import type { SelectionMetrics } from '../core/records/token-efficiency.js';
import type { BudgetSelection } from './selection.js';
import type { Substitution } from './substitution.js';

const MOST_PATHS = 10;

/**
 * What one selection amounts to, by the columns of SPEC §12. Of the substitutions planned only those that the selection kept are
 * counted; a summary's tokens count once, however many files it stands for.
 */
export function selectionMetrics(
  selection: BudgetSelection,
  substitutions: readonly Substitution[] = [],
): SelectionMetrics {
  const keptPaths = new Set(selection.kept.map(({ path }) => path));
  const used = substitutions.filter(({ paths }) => paths[0] !== undefined && keptPaths.has(paths[0]));
  const paths = used.flatMap((substitution) => substitution.paths);
  const artifactTokens = used.reduce((sum, { artifactTokens: tokens }) => sum + tokens, 0);
  const avoided = used.reduce((sum, { fullFileTokens }) => sum + fullFileTokens, 0);
  const merged = substitutions.reduce((sum, substitution) => sum + substitution.paths.length - 1, 0);
  return {
    artifact_substitutions: paths.length,
    tokens_saved_artifacts: avoided - artifactTokens,
    artifact_tokens_used: artifactTokens,
    fullfile_tokens_avoided: avoided,
    substituted_paths: paths.slice(0, MOST_PATHS),
    budget_mode: selection.mode,
    budget_used: selection.usedTokensEst,
    budget_cap: selection.budgetTokens,
    files_kept: selection.filesKeptCount,
    files_omitted: selection.filesOmittedCount,
    embedding_cache_hits: selection.embedding.hits,
    embedding_cache_misses: selection.embedding.misses,
    embedding_calls_made: selection.embedding.calls,
    embedding_cap_value: selection.embedding.capValue,
    embedding_fallback_reason: selection.embedding.fallbackReason,
    deliverables_count: selection.perFile.filter(({ reason }) => reason === 'pinned').length,
    // Files behind a shared summary were candidates too, though the selection saw one entry for them.
    context_files_total: selection.perFile.length + merged,
  };
}
