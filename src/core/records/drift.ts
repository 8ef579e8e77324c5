import type { RecordStore } from '../ports/storage.js';

const RECENT = 50;

export interface Drift {
  readonly model: string;
  /** Reported ÷ estimated prompt tokens over the last records with a report: 1 means the estimate is right. */
  readonly factor: number;
  readonly records: number;
}

/** How far estimates are off, per model (SPEC §6). Imported records say nothing about it (Annex B.10). */
export function drift(store: Pick<RecordStore, 'records'>, tractId: string): readonly Drift[] {
  const sums = new Map<string, { reported: number; estimated: number; records: number }>();
  for (const record of store.records(tractId, { limit: 500 })) {
    if (record.origin === 'imported' || record.usage === null || record.estimatedTokens === 0) continue;
    const model = record.model ?? '';
    const sum = sums.get(model) ?? { reported: 0, estimated: 0, records: 0 };
    if (sum.records === RECENT) continue;
    sums.set(model, {
      reported: sum.reported + record.usage.promptTokens,
      estimated: sum.estimated + record.estimatedTokens,
      records: sum.records + 1,
    });
  }
  return [...sums].map(([model, { reported, estimated, records }]) => ({
    model,
    factor: reported / estimated,
    records,
  }));
}
