import type { Priority, StoredCommit } from '../model/commit.js';
import type { Content, ContentTypes } from '../model/content.js';
import { contentTypeOf } from '../model/content.js';
import { renderText } from '../model/content-text.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import { compilingMetadata } from '../model/metadata.js';
import type { Tokenizer } from '../ports/tokenizer.js';
import { ChunkedList } from './chunked-list.js';
import type { CommitIndex } from './commit-index.js';
import { messageTokens, toolTokens } from './message-tokens.js';
import type { PersistentMap, Retention, Slot, Snapshot } from './snapshot.js';
import { isVisible, slotOf, winnerOf } from './snapshot.js';

export interface FoldContext {
  readonly types: ContentTypes;
  readonly tokenizer: Tokenizer;
  /**
   * The texts of what a compression took away are not kept: the whole history's, in the end. A fold that shows such a message again
   * says so, and is worth nothing then.
   */
  readonly forgetsSources?: boolean;
}

/** How a merge settles one target (SPEC §9.2). */
export type Resolution = 'ours' | 'theirs' | { readonly text: string };

/** The parents' own states, which the resolutions of a merge refer to. */
export interface MergeSides {
  readonly ours: Snapshot;
  readonly theirs: Snapshot;
}

/**
 * One run of the fold (SPEC §2): starts from a snapshot, takes commits in the order of `L`, gives snapshots. Each step costs
 * O(log n); a step that changes the order of messages (compress, reorder) O(n).
 */
export class Fold {
  readonly #context: FoldContext;
  #head: string | null;
  #slots: ChunkedList<Slot>;
  #index: CommitIndex;
  #order: ChunkedList<number> | null;
  #directives: PersistentMap<readonly number[]>;
  #settings: PersistentMap<JsonValue>;
  #shown: number;
  #tokens: number;
  /** Whether it needed a text that was not kept. */
  #showsForgotten = false;
  /** What was appended, as long as nothing else happened: then the rendering can be extended instead of made anew. */
  #appended: Slot[] | null = [];

  constructor(context: FoldContext, base: Snapshot) {
    this.#context = context;
    this.#head = base.head;
    this.#slots = base.slots;
    this.#index = base.index;
    this.#order = base.order;
    this.#directives = base.directives;
    this.#settings = base.settings;
    this.#shown = base.shown;
    this.#tokens = base.tokens;
  }

  /** The slots added since the start when all that happened were plain appends; null otherwise. */
  get appended(): readonly Slot[] | null {
    return this.#appended;
  }

  /** Whether a message shows again whose text was not kept: the same commits are to be folded without forgetting. */
  get showsForgotten(): boolean {
    return this.#showsForgotten;
  }

  /** The state so far; the fold can go on. */
  snapshot(): Snapshot {
    return {
      head: this.#head,
      slots: this.#slots,
      index: this.#index,
      order: this.#order,
      directives: this.#directives,
      settings: this.#settings,
      shown: this.#shown,
      tokens: this.#tokens,
    };
  }

  /** Applies one commit that is no merge. A target that is not in the history has no effect (Annex B.11). */
  apply(commit: StoredCommit, content: Content): void {
    this.#head = commit.commitHash;
    switch (commit.operation) {
      case 'append': {
        this.#append(commit, content);
        return;
      }
      case 'edit': {
        this.#edit(commit, content);
        return;
      }
      case 'annotate': {
        this.#annotate(content);
        return;
      }
      case 'compress': {
        this.#compress(commit, content);
        return;
      }
      case 'reorder': {
        this.#reorder(content['hashes'] as readonly string[]);
        return;
      }
      case 'merge':
        return;
    }
  }

  /** Applies a merge's resolutions, after the block it brings was applied. A merge adds no message (SPEC §2). */
  applyMerge(commit: StoredCommit, resolutions: Readonly<Record<string, Resolution>>, sides: MergeSides | null): void {
    this.#head = commit.commitHash;
    for (const [target, resolution] of Object.entries(resolutions)) {
      const id = this.#index.get(target);
      const slot = id === undefined ? undefined : this.#slots.get(id);
      const ours = sides && slotOf(sides.ours, target);
      const theirs = sides && slotOf(sides.theirs, target);
      if (id === undefined || !slot || !ours || !theirs) continue;
      // A side may hide what shows here.
      if (slot.hiddenBy === null && (ours.hiddenBy !== null || theirs.hiddenBy !== null)) this.#showAgain();
      if (resolution === 'ours') this.#replace(id, resolved(slot, ours));
      else if (resolution === 'theirs') this.#replace(id, resolved(slot, theirs));
      else this.#replace(id, this.#withText(resolved(slot, keptPriority(ours, theirs)), resolution.text));
    }
  }

  #append(commit: StoredCommit, content: Content): void {
    if (commit.contentType === 'config') {
      this.#appended = null;
      for (const [key, value] of Object.entries(content['settings'] as JsonObject)) {
        this.#settings = value === null ? this.#settings.delete(key) : this.#settings.set(key, value);
      }
      return;
    }
    const type = contentTypeOf(this.#context.types, commit.contentType);
    if (type?.compiled) this.#add(this.#slotFor(commit, content, type.priority));
  }

  #edit(commit: StoredCommit, content: Content): void {
    const id = this.#index.get(commit.editTarget ?? '');
    const slot = id === undefined ? undefined : this.#slots.get(id);
    if (id === undefined || !slot) return;
    const edit = this.#slotFor(commit, content, slot.priority);
    const keepsTools = edit.toolCalls === null && edit.toolCallId === null;
    const edited: Slot = {
      ...slot,
      role: edit.role,
      text: edit.text,
      name: edit.name,
      directive: edit.directive,
      direction: edit.direction,
      message: edit.message,
      edited: true,
      generationConfig: edit.generationConfig ?? slot.generationConfig,
      toolCalls: keepsTools ? slot.toolCalls : edit.toolCalls,
      toolCallId: keepsTools ? slot.toolCallId : edit.toolCallId,
      toolTokens: keepsTools ? slot.toolTokens : edit.toolTokens,
      textTokens: edit.textTokens,
    };
    this.#replace(id, this.#counted(edited));
  }

  #annotate(content: Content): void {
    const id = this.#index.get(content['target'] as string);
    const slot = id === undefined ? undefined : this.#slots.get(id);
    if (id === undefined || !slot) return;
    const priority = content['priority'] as Priority;
    // `pinned` survives compression (SPEC §2), whichever of the two a merge brings first: the message stands beside its summary.
    const shows = priority === 'pinned' && slot.hiddenBy !== null && this.#index.has(slot.hiddenBy);
    if (shows) this.#showAgain();
    this.#replace(id, {
      ...slot,
      priority,
      hiddenBy: shows ? null : slot.hiddenBy,
      explicit: true,
      retention: (content['retention'] ?? null) as Retention | null,
    });
  }

  #compress(commit: StoredCommit, content: Content): void {
    this.#appended = null;
    const sources = content['sources'] as readonly string[];
    const ids = sources.flatMap((hash) => this.#index.get(hash) ?? []);
    if (content['text'] === '') {
      this.#expand(commit, ids);
      return;
    }
    const wanted = new Set(ids);
    const position = this.#currentOrder().findIndex((id) => wanted.has(id));
    for (const id of ids) {
      const slot = this.#slots.get(id);
      if (slot?.hiddenBy === null && slot.priority !== 'pinned')
        this.#replace(id, {
          ...(this.#context.forgetsSources ? withoutTexts(slot) : slot),
          hiddenBy: commit.commitHash,
        });
    }
    const summary = this.#add(this.#slotFor(commit, content, 'normal'));
    if (position < 0) return;
    const order = this.#currentOrder();
    order.pop();
    order.splice(position, 0, summary);
    this.#order = ChunkedList.of(order);
  }

  /** A compression with an empty text expands those it names again: their sources come back, the summaries leave. */
  #expand(commit: StoredCommit, summaries: readonly number[]): void {
    const expanded = new Set<string>();
    for (const id of summaries) {
      const summary = this.#slots.get(id);
      if (summary?.hiddenBy !== null) continue;
      expanded.add(summary.commitHash);
      this.#replace(id, { ...summary, hiddenBy: commit.commitHash });
    }
    for (const [id, slot] of this.#slots.toArray().entries()) {
      if (slot.hiddenBy === null || !expanded.has(slot.hiddenBy)) continue;
      this.#showAgain();
      this.#replace(id, { ...slot, hiddenBy: null });
    }
  }

  #showAgain(): void {
    this.#showsForgotten ||= this.#context.forgetsSources === true;
  }

  #reorder(hashes: readonly string[]): void {
    this.#appended = null;
    const first = new Set(hashes.flatMap((hash) => this.#index.get(hash) ?? []));
    const rest = this.#currentOrder().filter((id) => !first.has(id));
    this.#order = ChunkedList.of([...first, ...rest]);
  }

  /** Slot numbers in context order, for the caller to change. */
  #currentOrder(): number[] {
    return this.#order?.toArray() ?? Array.from({ length: this.#slots.size }, (_, id) => id);
  }

  #slotFor(commit: StoredCommit, content: Content, priority: Priority): Slot {
    const { types, tokenizer } = this.#context;
    const metadata = compilingMetadata(commit.metadata);
    const text = renderText(content, types, { path: metadata.path, hasToolCalls: metadata.toolCalls !== null });
    const stored = commit.tokenizer === tokenizer.id;
    const own =
      content.content_type === 'dialogue' || content.content_type === 'compression' ? content['role'] : undefined;
    const isInstruction = content.content_type === 'instruction';
    const role =
      metadata.role ??
      (typeof own === 'string' ? own : (contentTypeOf(types, content.content_type)?.role ?? 'assistant'));
    const name = metadata.name ?? (isInstruction ? null : ((content['name'] ?? null) as string | null));
    const textTokens = stored ? commit.textTokens : tokenizer.count(text);
    const callTokens = stored ? commit.toolTokens : toolTokens(tokenizer, metadata.toolCalls, metadata.toolCallId);
    return {
      commitHash: commit.commitHash,
      contentType: commit.contentType,
      priority,
      explicit: false,
      retention: null,
      hiddenBy: null,
      role,
      text,
      name,
      directive: isInstruction ? (content['name'] as string | null) : null,
      message: commit.message,
      edited: false,
      generationConfig: commit.generationConfig,
      toolCalls: metadata.toolCalls,
      toolCallId: metadata.toolCallId,
      direction: content.content_type === 'tool_io' ? (content['direction'] as 'call' | 'result') : null,
      textTokens,
      toolTokens: callTokens,
      tokens: messageTokens(tokenizer, { role, name, textTokens, toolTokens: callTokens }),
    };
  }

  #withText(slot: Slot, text: string): Slot {
    return this.#counted({ ...slot, text, edited: true, textTokens: this.#context.tokenizer.count(text) });
  }

  #counted(slot: Slot): Slot {
    return { ...slot, tokens: messageTokens(this.#context.tokenizer, slot) };
  }

  #add(slot: Slot): number {
    const id = this.#slots.size;
    this.#leave(slot.directive);
    this.#slots = this.#slots.push(slot);
    this.#index = this.#index.append(slot.commitHash);
    this.#order = this.#order?.push(id) ?? null;
    // Also under an order of its own a new message stands last.
    if (slot.directive !== null) this.#appended = null;
    else this.#appended?.push(slot);
    if (slot.directive !== null) this.#bear(slot.directive, id);
    else this.#count(slot, 1);
    this.#enter(slot.directive);
    return id;
  }

  #replace(id: number, slot: Slot): void {
    const before = this.#slots.get(id);
    if (!before) return;
    this.#appended = null;
    this.#leave(before.directive);
    if (slot.directive !== before.directive) this.#leave(slot.directive);
    if (before.directive === null) this.#count(before, -1);
    this.#slots = this.#slots.set(id, slot);
    if (slot.directive !== before.directive) {
      if (before.directive !== null) this.#unbear(before.directive, id);
      if (slot.directive !== null) this.#bear(slot.directive, id);
    }
    if (slot.directive === null) this.#count(slot, 1);
    this.#enter(before.directive);
    if (slot.directive !== before.directive) this.#enter(slot.directive);
  }

  #bear(name: string, id: number): void {
    const ids = [...(this.#directives.get(name) ?? []), id];
    if (id < (ids.at(-2) ?? -1)) ids.sort((a, b) => a - b);
    this.#directives = this.#directives.set(name, ids);
  }

  #unbear(name: string, id: number): void {
    const ids = (this.#directives.get(name) ?? []).filter((other) => other !== id);
    this.#directives = ids.length > 0 ? this.#directives.set(name, ids) : this.#directives.delete(name);
  }

  /** Takes a directive's one compiling message out of the sums, before its slots change. */
  #leave(directive: string | null): void {
    this.#countWinner(directive, -1);
  }

  #enter(directive: string | null): void {
    this.#countWinner(directive, 1);
  }

  #countWinner(directive: string | null, sign: 1 | -1): void {
    if (directive === null) return;
    const winner = winnerOf(this.#slots, this.#directives.get(directive) ?? []);
    if (winner) this.#count(winner, sign);
  }

  #count(slot: Slot, sign: 1 | -1): void {
    if (!isVisible(slot, false)) return;
    this.#shown += sign;
    this.#tokens += sign * slot.tokens;
  }
}

/** What stays of a message that no context shows any more. */
function withoutTexts(slot: Slot): Slot {
  return { ...slot, text: '', message: '', toolCalls: null, generationConfig: null };
}

/** Position, identity and compression stay; what an edit or annotation can change comes from the chosen side. */
function resolved(slot: Slot, side: Slot): Slot {
  return { ...side, commitHash: slot.commitHash, contentType: slot.contentType, hiddenBy: slot.hiddenBy };
}

/** For a text of the person's own: whichever side wants the message more visible, so that what was just written shows. */
function keptPriority(ours: Slot, theirs: Slot): Slot {
  const rank: Record<Priority, number> = { skip: 0, normal: 1, important: 2, pinned: 3 };
  return rank[theirs.priority] > rank[ours.priority]
    ? { ...ours, priority: theirs.priority, explicit: theirs.explicit, retention: theirs.retention }
    : ours;
}
