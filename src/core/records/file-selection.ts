import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { TokenEfficiencyRow } from '../model/metrics.js';
import type { StoredRecord } from '../model/record.js';
import type { Reads } from '../transaction.js';
import { parseMetricsRow, type SelectionMetrics, sumSelections } from './token-efficiency.js';

/** `kind` of the `metadata` commit that a selection of workspace files ends with (SPEC §12); `data.metrics` are its columns. */
export const FILE_SELECTION = 'file_selection';

/** Commits looked at in one step when searching a line, and the most steps: a line without any call may be long. */
const PAGE = 100;
const PAGES = 100;

/** A selection whose files no call has been made with yet. */
export interface UnsentSelection {
  /** The `metadata` commit. */
  readonly commitHash: string;
  readonly data: JsonObject;
}

/**
 * The selections on the line of `head` that no call has been recorded for on that line, oldest first. An undone selection is on no
 * line, so that it counts for nothing. O(commits since the last record, at most 10,000).
 */
export async function unsentSelections(store: Reads, head: string | null): Promise<readonly UnsentSelection[]> {
  const found: { readonly commitHash: string; readonly contentHash: string }[] = [];
  for (let from = head, pages = 0; from !== null && pages < PAGES; pages++) {
    const page = store.line(from, PAGE);
    const sent = page.findIndex(({ commitHash }) => store.recordsOf(commitHash).length > 0);
    const unsent = sent === -1 ? page : page.slice(0, sent);
    found.push(...unsent.filter(({ contentType }) => contentType === 'metadata'));
    from = sent === -1 && page.length === PAGE ? (page.at(-1)?.parentHash ?? null) : null;
  }
  const texts = await store.contents(found.map(({ contentHash }) => contentHash));
  return found.reverse().flatMap(({ commitHash, contentHash }) => {
    const data = selectionData(texts.get(contentHash));
    return data === null ? [] : [{ commitHash, data }];
  });
}

/** What a `metadata` content says of a selection; null when it speaks of something else. */
function selectionData(text: string | undefined): JsonObject | null {
  if (text === undefined) return null;
  const { kind, data } = JSON.parse(text) as { readonly kind?: JsonValue; readonly data?: JsonValue };
  return kind === FILE_SELECTION && isJsonObject(data) ? data : null;
}

/** What a record's `params` say of the selections its call was made with: commit and columns of each. */
export function selectionParams(selections: readonly UnsentSelection[]): JsonObject | null {
  if (selections.length === 0) return null;
  return {
    selections: selections.map(({ commitHash, data }) => ({
      commit: commitHash,
      ...(isJsonObject(data['metrics']) ? data['metrics'] : {}),
    })),
  };
}

/**
 * The row of `token_efficiency_metrics` for a call that ended (SPEC §12): run = tract, phase = record. Null without a selection, and
 * for columns that are not what they should be: accounting never breaks a call.
 */
export function selectionRow(record: StoredRecord, outcome: string): TokenEfficiencyRow | null {
  const selections = record.params?.['selections'];
  if (!Array.isArray(selections)) return null;
  const whose = { run_id: record.tractId, phase: record.id, outcome, created_at: record.createdAt };
  try {
    const rows = (selections as readonly JsonValue[]).map((columns): SelectionMetrics => {
      const {
        run_id: _run,
        phase: _phase,
        outcome: _outcome,
        created_at: _at,
        ...metrics
      } = parseMetricsRow({
        ...(isJsonObject(columns) ? columns : {}),
        ...whose,
      });
      return metrics;
    });
    const sum = sumSelections(rows);
    return sum === null ? null : { ...sum, ...whose };
  } catch {
    return null;
  }
}
