import { canonicalJson, freezeJson } from '../model/canonical.js';
import type { CompiledMessage } from '../model/context.js';
import type { JsonValue } from '../model/json.js';
import type { Tokenizer } from '../ports/tokenizer.js';
import { messageTokens, PER_REQUEST } from './message-tokens.js';
import type { RenderOptions } from './options.js';
import type { Slot, Snapshot } from './snapshot.js';
import { isVisible, visibleSlots } from './snapshot.js';

/** A rendered snapshot: the pure part of a compiled context. */
export interface Rendered {
  /** Frozen. Under the default options made when first read: figures alone cost nothing that grows with the history. */
  readonly messages: readonly CompiledMessage[];
  /** Number of messages. */
  readonly count: number;
  readonly tools: readonly JsonValue[] | null;
  /** Messages, the final 3, and the tools' JSON (SPEC §6); 0 when there are no messages. */
  readonly estimatedTokens: number;
}

/** One message object per slot state, so that equal messages of related contexts are identical objects. */
const messages = new WeakMap<Slot, CompiledMessage>();

/** Renders a snapshot under normalised options (SPEC §5). O(messages). */
export function render(snapshot: Snapshot, options: RenderOptions, tokenizer: Tokenizer): Rendered {
  const slots = ordered(visibleSlots(snapshot, options.includeReasoning), options.order);
  const recent = textsFrom(slots.length, options);
  const rendered = Object.freeze(
    slots.map((slot, i) => renderSlot(slot, i < recent, options.markEdits ?? false, tokenizer)),
  );
  const tools = toolsOf(snapshot, options);
  return {
    messages: rendered,
    count: rendered.length,
    tools,
    estimatedTokens: estimate(rendered, tools, tokenizer),
  };
}

/** Slots appended since a list of messages was made; beyond so many, that list is made anew. */
const MAX_PENDING = 512;

/** The default rendering of a snapshot: figures from its running sums in O(1), messages when they are asked for. */
export class DefaultRendering implements Rendered {
  readonly count: number;
  readonly tools: readonly JsonValue[] | null;
  readonly estimatedTokens: number;
  readonly #snapshot: Snapshot;
  /** Messages that are known, and the slots whose messages follow them; null: nothing is known. */
  #known: { readonly messages: readonly CompiledMessage[]; readonly added: readonly Slot[] } | null;

  /** @param base a rendering of the snapshot that this one extends by `added`, so that an append costs what it adds (§5.1) */
  constructor(snapshot: Snapshot, tokenizer: Tokenizer, base?: DefaultRendering, added: readonly Slot[] = []) {
    this.count = snapshot.shown;
    this.tools = toolsOf(snapshot, {});
    this.estimatedTokens = estimatedTokens(snapshot, tokenizer);
    this.#snapshot = snapshot;
    const known = base ? base.#known : null;
    this.#known =
      known && known.added.length + added.length <= MAX_PENDING
        ? { messages: known.messages, added: [...known.added, ...added] }
        : null;
  }

  get messages(): readonly CompiledMessage[] {
    const known = this.#known;
    if (known?.added.length === 0) return known.messages;
    const made = known
      ? [...known.messages, ...known.added.filter((slot) => isVisible(slot, false)).map((slot) => messageOf(slot))]
      : visibleSlots(this.#snapshot).map((slot) => messageOf(slot));
    this.#known = { messages: Object.freeze(made), added: [] };
    return this.#known.messages;
  }
}

/** Tokens of a snapshot under the default options, from its running sums. O(1) but for the tools. */
export function estimatedTokens(snapshot: Snapshot, tokenizer: Tokenizer): number {
  return snapshot.shown === 0 ? 0 : snapshot.tokens + PER_REQUEST + toolsTokens(toolsOf(snapshot, {}), tokenizer);
}

function estimate(
  rendered: readonly CompiledMessage[],
  tools: readonly JsonValue[] | null,
  tokenizer: Tokenizer,
): number {
  if (rendered.length === 0) return 0;
  return rendered.reduce((sum, message) => sum + message.tokenCount, PER_REQUEST) + toolsTokens(tools, tokenizer);
}

function toolsTokens(tools: readonly JsonValue[] | null, tokenizer: Tokenizer): number {
  return tools === null ? 0 : tokenizer.count(canonicalJson(tools));
}

/** The `tools` setting nearest to head, or the option that replaces it (Annex B.2). */
function toolsOf(snapshot: Snapshot, options: RenderOptions): readonly JsonValue[] | null {
  const tools = options.tools ?? snapshot.settings.get('tools');
  return Array.isArray(tools) && tools.length > 0 ? freezeJson(tools as readonly JsonValue[]) : null;
}

/** How many leading messages are given as commit messages instead of texts. */
function textsFrom(count: number, options: RenderOptions): number {
  if (options.strategy === 'messages') return count;
  if (options.strategy !== 'adaptive') return 0;
  const kept =
    options.recentRatio === undefined ? (options.k ?? 0) : Math.max(1, Math.floor(count * options.recentRatio));
  return Math.max(0, count - kept);
}

function ordered(slots: readonly Slot[], order: readonly string[] | undefined): readonly Slot[] {
  if (!order) return slots;
  const byHash = new Map(slots.map((slot) => [slot.commitHash, slot]));
  const first = new Set(order.flatMap((hash) => byHash.get(hash) ?? []));
  return [...first, ...slots.filter((slot) => !first.has(slot))];
}

function renderSlot(slot: Slot, asMessage: boolean, markEdits: boolean, tokenizer: Tokenizer): CompiledMessage {
  const marked = markEdits && slot.edited;
  if (!asMessage && !marked) return messageOf(slot);
  const text = (asMessage ? slot.message : slot.text) + (marked ? ' [edited]' : '');
  const tokenCount = messageTokens(tokenizer, { ...slot, textTokens: tokenizer.count(text) });
  return Object.freeze({ ...messageOf(slot), content: text, tokenCount });
}

/** The message of a slot under the default options: the same object for the same slot. */
export function messageOf(slot: Slot): CompiledMessage {
  const known = messages.get(slot);
  if (known) return known;
  const message: CompiledMessage = Object.freeze({
    role: slot.role,
    content: slot.text,
    name: slot.name,
    toolCalls: slot.toolCalls === null ? null : Object.freeze(slot.toolCalls.map((call) => Object.freeze({ ...call }))),
    toolCallId: slot.toolCallId,
    direction: slot.direction,
    tokenCount: slot.tokens,
    commitHash: slot.commitHash,
    priority: slot.priority,
    contentType: slot.contentType,
    edited: slot.edited,
    generationConfig: freezeJson(slot.generationConfig),
  });
  messages.set(slot, message);
  return message;
}
