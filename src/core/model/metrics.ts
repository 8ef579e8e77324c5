/** Columns of `token_efficiency_metrics` (SPEC §12), by their names there. One row per selection used for a compile. */
export interface TokenEfficiencyRow {
  readonly run_id: string;
  readonly phase: string;
  readonly artifact_substitutions: number;
  readonly tokens_saved_artifacts: number;
  readonly artifact_tokens_used: number;
  readonly fullfile_tokens_avoided: number;
  /** At most 10. */
  readonly substituted_paths: readonly string[];
  readonly budget_mode: string;
  readonly budget_used: number;
  readonly budget_cap: number;
  readonly files_kept: number;
  readonly files_omitted: number;
  readonly embedding_cache_hits: number;
  readonly embedding_cache_misses: number;
  readonly embedding_calls_made: number;
  readonly embedding_cap_value: number;
  readonly embedding_fallback_reason: string | null;
  readonly deliverables_count: number;
  readonly context_files_total: number;
  readonly outcome: string;
  readonly created_at: string;
}
