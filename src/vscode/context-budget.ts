import type { Store } from '../core/store.js';
import { modelTokens } from '../tokens/models.js';
import { chosenModel } from './models/model-settings.js';
import { readSettings } from './settings.js';

/** What a tract's context may take (SPEC §11). */
export interface ContextBudget {
  /** The setting, else the window of the model chosen for chat, else of the one used last; null when neither is known. */
  readonly max: number | null;
  readonly source: 'setting' | 'model' | 'none';
  readonly model: string | null;
  readonly reserved: number;
  /** `max − reserved`. */
  readonly available: number | null;
}

export function contextBudget(store: Store, tractId: string): ContextBudget {
  const { budget, models } = readSettings();
  const [record] = store.storage.records(tractId, { limit: 1 });
  const model = chosenModel('chat') ?? record?.model ?? null;
  const window = model === null ? null : modelTokens(model, models).contextWindow;
  const max = budget.maxTokens ?? window;
  // What is reserved must leave something of the maximum, whichever it is.
  const reserved = max === null ? budget.reserveOutput : Math.min(budget.reserveOutput, Math.max(0, max - 1));
  const source = budget.maxTokens !== null ? 'setting' : window !== null ? 'model' : 'none';
  return { max, source, model, reserved, available: max === null ? null : max - reserved };
}
