import { unsentSelections } from '../../core/records/file-selection.js';
import { parseMetricsRow } from '../../core/records/token-efficiency.js';
import type { JsonObject } from '../../core/model/json.js';
import type { TokenEfficiencyRow } from '../../core/model/metrics.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import type { EfficiencyRowView, EfficiencyView } from '../../shared/efficiency-view.js';

/** `outcome` of a selection that is committed and that no call was made with yet. */
const NOT_SENT = 'not sent yet';

/** The metrics of a tract over time (SPEC §12): a row per call that files were chosen for, then what waits for the next call. */
export async function efficiencyView(store: Store, tract: Tract): Promise<EfficiencyView> {
  const { totals, utilisation, modes, outcomes } = store.tokenEfficiency(tract.tractId);
  const recorded = store.storage.metrics(tract.tractId).map((row) => rowView(parseMetricsRow(row)));
  const waiting = (await unsentSelections(store.storage, tract.head)).flatMap(({ commitHash, data }) => {
    const createdAt = store.storage.commit(commitHash)?.timestampIso ?? '';
    try {
      const whose = { run_id: tract.tractId, phase: commitHash, outcome: NOT_SENT, created_at: createdAt };
      return [rowView(parseMetricsRow({ ...(data['metrics'] as JsonObject), ...whose }))];
    } catch {
      // Not written by the extension: it will not become a row either.
      return [];
    }
  });
  return { rows: [...recorded, ...waiting], savedTotal: totals.tokens_saved_artifacts, utilisation, modes, outcomes };
}

function rowView(row: TokenEfficiencyRow): EfficiencyRowView {
  return {
    phase: row.phase,
    createdAt: row.created_at,
    mode: row.budget_mode,
    fallbackReason: row.embedding_fallback_reason,
    used: row.budget_used,
    cap: row.budget_cap,
    kept: row.files_kept,
    omitted: row.files_omitted,
    substitutions: row.artifact_substitutions,
    saved: row.tokens_saved_artifacts,
    cacheHits: row.embedding_cache_hits,
    cacheMisses: row.embedding_cache_misses,
    calls: row.embedding_calls_made,
    outcome: row.outcome,
  };
}
