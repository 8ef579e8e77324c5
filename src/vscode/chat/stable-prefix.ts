import type { CompiledContext } from '../../core/model/context.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';

/** The leading messages that a context has in common with the tract's last record, and their tokens. */
export interface StablePrefix {
  readonly messages: number;
  readonly tokens: number;
  readonly model: string | null;
  readonly recordedAt: string;
}

/** What a provider's cache can still hold; null without a record. O(messages). */
export async function stablePrefix(store: Store, tract: Tract, context: CompiledContext): Promise<StablePrefix | null> {
  const [record] = store.storage.records(tract.tractId, { limit: 1 });
  if (!record || !store.storage.commit(record.headHash)) return null;
  const sent = await tract.compile({ at: record.headHash });
  let messages = 0;
  let tokens = 0;
  for (const message of context.messages) {
    const other = sent.messages[messages];
    if (!other || !(other === message || (other.role === message.role && other.content === message.content))) break;
    messages++;
    tokens += message.tokenCount;
  }
  return { messages, tokens, model: record.model, recordedAt: record.createdAt };
}
