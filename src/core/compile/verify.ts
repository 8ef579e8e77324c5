import { canonicalJson } from '../model/canonical.js';
import type { CompiledMessage } from '../model/context.js';
import type { Slot, Snapshot } from './snapshot.js';
import { visibleSlots } from './snapshot.js';

/** Enough of them to see what is wrong. */
const MAX_FOUND = 5;

/**
 * What differs between a cached snapshot, the messages it serves, and a fresh fold that should equal both, as short texts
 * (SPEC §5.1). All that a snapshot holds is compared, so every rendering of the two is equal as well. O(slots).
 */
export function differences(cached: Snapshot, served: readonly CompiledMessage[], fresh: Snapshot): readonly string[] {
  const found: string[] = [];
  const slots = fresh.slots.toArray();
  if (cached.slots.size !== slots.length) found.push(`${cached.slots.size} and ${slots.length} slots`);
  for (const [id, slot] of cached.slots.toArray().entries()) {
    const other = slots[id];
    const key = other && differingKey(slot, other);
    if (key !== undefined) found.push(`${key} of slot ${id}`);
  }
  for (const { index } of [cached, fresh])
    if (index.size !== slots.length || slots.some((slot, id) => index.get(slot.commitHash) !== id)) found.push('index');
  if (!equalJson(cached.order?.toArray() ?? null, fresh.order?.toArray() ?? null)) found.push('order');
  if (!equalJson(cached.directives.toObject(), fresh.directives.toObject())) found.push('directives');
  if (!equalJson(cached.settings.toObject(), fresh.settings.toObject())) found.push('settings');
  const visible = visibleSlots(fresh);
  const tokens = visible.reduce((sum, slot) => sum + slot.tokens, 0);
  if (served.length !== visible.length) found.push(`${served.length} and ${visible.length} messages`);
  const wrong = visible.findIndex((slot, i) => !shows(served[i], slot));
  if (wrong >= 0) found.push(`message ${wrong}`);
  for (const snapshot of [cached, fresh])
    if (snapshot.shown !== visible.length || snapshot.tokens !== tokens) found.push('running sums');
  return found.slice(0, MAX_FOUND);
}

function differingKey(a: Slot, b: Slot): string | undefined {
  for (const key of Object.keys(a) as (keyof Slot)[]) {
    const [x, y] = [a[key], b[key]];
    if (x !== y && (typeof x !== 'object' || !equalJson(x, y))) return key;
  }
  return undefined;
}

function shows(message: CompiledMessage | undefined, slot: Slot): boolean {
  return (
    message?.commitHash === slot.commitHash &&
    message.content === slot.text &&
    message.role === slot.role &&
    message.name === slot.name &&
    message.priority === slot.priority &&
    message.edited === slot.edited &&
    message.tokenCount === slot.tokens &&
    message.toolCallId === slot.toolCallId &&
    equalJson(message.toolCalls, slot.toolCalls)
  );
}

function equalJson(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}
