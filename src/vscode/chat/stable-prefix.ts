import type { CompiledContext } from '../../core/model/context.js';
import { toolsHash } from '../../core/records/new-record.js';
import { compileRecorded } from '../../core/records/reproduce.js';
import { stablePrefix as commonPrefix } from '../../core/records/stable-prefix.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';

/** The leading messages that a context has in common with the tract's last record, and their tokens. */
export interface StablePrefix {
  readonly messages: number;
  readonly tokens: number;
  readonly model: string | null;
  readonly recordedAt: string;
}

/** What a provider's cache can still hold: what the next record's stable prefix would be. Null without a record. O(messages). */
export async function stablePrefix(
  { env, storage }: Store,
  { tractId }: Tract,
  context: CompiledContext,
): Promise<StablePrefix | null> {
  const [record] = storage.records(tractId, { limit: 1 });
  if (!record || record.contextHash === null) return null;
  const sent = await compileRecorded(env.compiler, storage, record);
  const before = { messages: sent.messages, toolsHash: record.toolsHash };
  const now = { messages: context.messages, toolsHash: toolsHash({ env }, context) };
  return { ...commonPrefix(before, now), model: record.model, recordedAt: record.createdAt };
}
