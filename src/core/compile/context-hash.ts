import { canonicalJson } from '../model/canonical.js';
import type { CompiledMessage } from '../model/context.js';
import type { JsonValue } from '../model/json.js';
import type { Hasher, RunningHash } from '../ports/hasher.js';

/** How often a running hash is kept, in messages, and for how many contexts. */
const EVERY = 32;
const RECENT = 3;

interface Hashed {
  readonly messages: readonly CompiledMessage[];
  /** Running hashes after the first `count` messages, ascending. */
  readonly states: readonly KeptState[];
}

interface KeptState {
  readonly count: number;
  readonly state: RunningHash;
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
    const states = this.#sharedStates(messages);
    const last = states.at(-1);
    const state = last?.state.copy() ?? this.#start();
    for (let i = last?.count ?? 0; i < messages.length; i++) {
      const message = messages[i];
      if (message) state.update((i === 0 ? '' : ',') + canonicalMessage(message));
      if ((i + 1) % EVERY === 0 || i === messages.length - 1) states.push({ count: i + 1, state: state.copy() });
    }
    this.#recent = [{ messages, states }, ...this.#recent.slice(0, RECENT - 1)];
    state.update(`],"tools":${canonicalJson(tools)}}`);
    return state.digest();
  }

  #start(): RunningHash {
    const state = this.#hasher.start();
    state.update('{"messages":[');
    return state;
  }

  /** The states of a recent context that hold for this one too: of the one they reach furthest in. */
  #sharedStates(messages: readonly CompiledMessage[]): KeptState[] {
    let best: KeptState[] = [];
    for (const { messages: others, states } of this.#recent) {
      const shared = sharedLength(messages, others);
      const length = states.findLastIndex(({ count }) => count <= shared) + 1;
      if ((states[length - 1]?.count ?? 0) > (best.at(-1)?.count ?? 0)) best = states.slice(0, length);
    }
    // Ends of contexts in between are of no more use.
    return best.filter(({ count }, i) => count % EVERY === 0 || i === best.length - 1);
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
