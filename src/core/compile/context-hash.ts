import { canonicalJson } from '../model/canonical.js';
import type { CompiledMessage } from '../model/context.js';
import type { JsonValue } from '../model/json.js';
import type { Hasher, RunningHash } from '../ports/hasher.js';

/** How often a running hash is kept, in messages, and for how many contexts. */
const EVERY = 32;
const RECENT = 3;

interface Hashed {
  readonly messages: readonly CompiledMessage[];
  /** Running hash after the first n messages. */
  readonly states: ReadonlyMap<number, RunningHash>;
}

/**
 * SHA-256 of the canonical `{messages: [{role, content, name, tool_calls, tool_call_id}], tools}` (Annex A). Contexts that start
 * like a recent one, as each next one of a conversation does, cost only what they add.
 */
export class ContextHasher {
  readonly #hasher: Hasher;
  #recent: readonly Hashed[] = [];

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  hash(messages: readonly CompiledMessage[], tools: readonly JsonValue[] | null): string {
    const [start, state] = this.#bestStart(messages);
    const states = new Map(this.#sharedStates(messages, start));
    for (let i = start; i < messages.length; i++) {
      const message = messages[i];
      if (message) state.update((i === 0 ? '' : ',') + canonicalMessage(message));
      if ((i + 1) % EVERY === 0 || i === messages.length - 1) states.set(i + 1, state.copy());
    }
    this.#recent = [{ messages, states }, ...this.#recent.slice(0, RECENT - 1)];
    state.update(`],"tools":${canonicalJson(tools)}}`);
    return state.digest();
  }

  #bestStart(messages: readonly CompiledMessage[]): [number, RunningHash] {
    let best = 0;
    let found: RunningHash | undefined;
    for (const { messages: others, states } of this.#recent) {
      const shared = sharedLength(messages, others);
      for (const [count, state] of states) {
        if (count <= shared && count > best) {
          best = count;
          found = state;
        }
      }
    }
    if (found) return [best, found.copy()];
    const state = this.#hasher.start();
    state.update('{"messages":[');
    return [0, state];
  }

  #sharedStates(messages: readonly CompiledMessage[], upTo: number): readonly [number, RunningHash][] {
    const source = this.#recent.find((hashed) => sharedLength(messages, hashed.messages) >= upTo);
    return source ? [...source.states].filter(([count]) => count <= upTo) : [];
  }
}

/** Messages of one slot state are the same object, so identity is enough here; a miss only costs time. */
function sharedLength(a: readonly CompiledMessage[], b: readonly CompiledMessage[]): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a[i] === b[i]) i++;
  return i;
}

function canonicalMessage(message: CompiledMessage): string {
  const { role, content, name, toolCalls, toolCallId } = message;
  // As the canonical JSON of an object with these keys, which are in order.
  return `{"content":${canonicalJson(content)},"name":${canonicalJson(name)},"role":${canonicalJson(role)},"tool_call_id":${canonicalJson(toolCallId)},"tool_calls":${canonicalJson(toolCalls)}}`;
}
