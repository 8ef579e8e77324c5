import { Map as ImmutableMap } from 'immutable';
import type { Priority } from '../model/commit.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { ToolCall } from '../model/metadata.js';
import { ChunkedList } from './chunked-list.js';
import { CommitIndex } from './commit-index.js';

/** What a keeper of a message asked of its summary (SPEC §9.4). */
export interface Retention {
  readonly match?: readonly JsonValue[];
  readonly instructions?: string;
}

/** A commit that makes a message, in its state after a fold. Immutable; position and identity are the original commit's. */
export interface Slot {
  readonly commitHash: string;
  readonly contentType: string;
  readonly priority: Priority;
  /** Whether the priority was annotated; a type's default `skip` yields to `includeReasoning`, an explicit one does not. */
  readonly explicit: boolean;
  readonly retention: Retention | null;
  /** The compression that took this message out of the context. */
  readonly hiddenBy: string | null;
  readonly role: string;
  readonly text: string;
  readonly name: string | null;
  /** An instruction's name: of two visible ones with one name only the later compiles. */
  readonly directive: string | null;
  /** The commit message of the commit whose text this is. */
  readonly message: string;
  readonly edited: boolean;
  readonly generationConfig: JsonObject | null;
  readonly toolCalls: readonly ToolCall[] | null;
  readonly toolCallId: string | null;
  /** For tool input and output: which of the two. */
  readonly direction: 'call' | 'result' | null;
  readonly textTokens: number;
  readonly toolTokens: number;
  /** Tokens as a message under the default options. */
  readonly tokens: number;
}

/** What the fold needs of `immutable`'s Map: named here, so that the library's declarations stand without that package (SPEC §18). */
export interface PersistentMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): PersistentMap<V>;
  delete(key: string): PersistentMap<V>;
  values(): Iterable<V>;
  toObject(): Readonly<Record<string, V>>;
}

/**
 * The fold of `L(head)` (SPEC §2): an immutable value that shares what it can with its parent's. Slots are numbered in fold
 * order and never move; `order` lists the numbers in context order once a compression or reorder made it differ.
 */
export interface Snapshot {
  readonly head: string | null;
  readonly slots: ChunkedList<Slot>;
  readonly index: CommitIndex;
  readonly order: ChunkedList<number> | null;
  /** Directive name → slots that bear it, in fold order. */
  readonly directives: PersistentMap<readonly number[]>;
  /** The effective config: per key the setting nearest to head. */
  readonly settings: PersistentMap<JsonValue>;
  /** Messages that compile under the default options, and their tokens (without the final 3 and the tools). */
  readonly shown: number;
  readonly tokens: number;
}

export const EMPTY_SNAPSHOT: Snapshot = {
  head: null,
  slots: ChunkedList.EMPTY,
  index: CommitIndex.EMPTY,
  order: null,
  directives: ImmutableMap<string, readonly number[]>(),
  settings: ImmutableMap<string, JsonValue>(),
  shown: 0,
  tokens: 0,
};

/** Whether a slot may show, directives aside (SPEC §2, §3). */
export function isVisible(slot: Slot, includeReasoning: boolean): boolean {
  if (slot.hiddenBy !== null) return false;
  if (slot.priority !== 'skip') return true;
  return includeReasoning && slot.contentType === 'reasoning' && !slot.explicit;
}

/** The slot of a message-making commit, or undefined. */
export function slotOf(snapshot: Snapshot, commitHash: string): Slot | undefined {
  const id = snapshot.index.get(commitHash);
  return id === undefined ? undefined : snapshot.slots.get(id);
}

/** The slots in context order, hidden ones included. O(slots). */
export function orderedSlots(snapshot: Snapshot): readonly Slot[] {
  const slots = snapshot.slots.toArray();
  if (snapshot.order === null) return slots;
  const ordered: Slot[] = [];
  for (const id of snapshot.order.toArray()) {
    const slot = slots[id];
    if (slot) ordered.push(slot);
  }
  return ordered;
}

/** The slots that compile, in context order (SPEC §2): visible, and not overridden by a later directive of the same name. */
export function visibleSlots(snapshot: Snapshot, includeReasoning = false): readonly Slot[] {
  const overridden = new Set<Slot>();
  for (const ids of snapshot.directives.values()) {
    const winner = winnerOf(snapshot.slots, ids);
    for (const id of ids) {
      const slot = snapshot.slots.get(id);
      if (slot && slot !== winner) overridden.add(slot);
    }
  }
  return orderedSlots(snapshot).filter((slot) => isVisible(slot, includeReasoning) && !overridden.has(slot));
}

/** Of several directives with one name, the one that compiles: the last visible one. */
export function winnerOf(slots: ChunkedList<Slot>, ids: readonly number[]): Slot | undefined {
  for (let i = ids.length - 1; i >= 0; i--) {
    const slot = slots.get(ids[i] ?? -1);
    if (slot && isVisible(slot, false)) return slot;
  }
  return undefined;
}
