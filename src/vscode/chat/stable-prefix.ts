import type { CompiledContext } from '../../core/model/context.js';
import { toolsHash } from '../../core/records/new-record.js';
import { compileRecorded } from '../../core/records/reproduce.js';
import { stablePrefix as commonPrefix } from '../../core/records/stable-prefix.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';

/** The leading messages that a context has in common with the last answered call, and their tokens. */
export interface StablePrefix {
  readonly messages: number;
  readonly tokens: number;
  readonly model: string | null;
  readonly recordedAt: string;
}

/** So many failed calls in a row are looked past. */
const LOOKED_AT = 20;

/**
 * What a provider's cache can still hold. A call that was refused or cut off put nothing there that can be relied on, so it is the
 * last answered one that counts. Null without one. O(messages).
 */
export async function stablePrefix(
  { env, storage }: Store,
  { tractId }: Tract,
  context: CompiledContext,
): Promise<StablePrefix | null> {
  const record = storage.records(tractId, { limit: LOOKED_AT }).find(({ outcome }) => outcome === 'answered');
  if (!record || record.contextHash === null) return null;
  const sent = await compileRecorded(env.compiler, storage, record);
  const before = { messages: sent.messages, toolsHash: record.toolsHash };
  const now = { messages: context.messages, toolsHash: toolsHash({ env }, context) };
  return { ...commonPrefix(before, now), model: record.model, recordedAt: record.createdAt };
}
