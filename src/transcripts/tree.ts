import type { JsonObject } from '../core/model/json.js';
import { CommitGraph } from './commit-graph.js';
import { dialogue, draftText, note, type Draft } from './drafts.js';
import type { CommitEvent, Sink } from './events.js';
import { textAt } from './json.js';
import {
  digestOf,
  end,
  isIncomplete,
  newCall,
  promptDigest,
  rewritten,
  segment,
  textDigest,
  type Call,
  type Origin,
  type Step,
} from './step.js';

/** One line of a session with its place in the session's own tree. */
export interface Entry extends Origin {
  /** The line it hangs on; null = on none, undefined = the file does not say: on what was read last. */
  readonly parent: string | null | undefined;
}

export interface AnswerEntry extends Entry {
  /** Message id and request id: lines that share one are one call. */
  readonly keys: readonly string[];
  readonly drafts: readonly Draft[];
  readonly model: string | null;
  readonly usage: JsonObject | null;
  readonly finishReason: string | null;
  readonly latencyMs?: number | null;
}

/** First and last line of what a compaction kept as it was, or the ids of the lines themselves. */
export type KeptLines = { readonly from: string; readonly to: string } | readonly string[];

/** Content types that put no message into a context, or stand above every compaction. */
const NOT_COMPACTED: ReadonlySet<string> = new Set(['instruction', 'config', 'metadata']);

/**
 * Puts the lines of one conversation into the order of SPEC Annex B.8 and finds its forks (SPEC §14), holding ids and numbers but
 * no texts. Commits are passed on as soon as nothing can come any more that must stand before them, and never taken back.
 *
 * A fork starts a new lane: a second prompt on a step that already has one, or a second answer where the first is complete or goes
 * on. An incomplete answer that is written anew (a retry) is a dead end: it stays in the history, set to `skip`, and the lane goes on.
 * A rewrite of a line of the same call becomes an edit of it.
 */
export class StepTree {
  private readonly ids = new Map<string, Step | null>();
  private readonly calls = new Map<string, Step>();
  private readonly tools = new Map<string, { readonly step: Step; readonly seq: number }>();
  /** Names of tools by call id, also of calls that no model call holds. */
  private readonly names = new Map<string, string>();
  private readonly roots: Step[] = [];
  private readonly graph = new CommitGraph();
  private readonly late = new Set<Step>();
  private open: Step | undefined;
  private last: Step | null = null;
  private lanes = 0;

  constructor(
    private readonly session: string,
    private readonly sink: Sink,
  ) {}

  has(id: string): boolean {
    return this.ids.has(id);
  }

  get isEmpty(): boolean {
    return this.last === null;
  }

  toolName(toolCallId: string): string | undefined {
    return this.names.get(toolCallId);
  }

  /** The commit of a tool call. */
  toolCommit(toolCallId: string): number | undefined {
    return this.tools.get(toolCallId)?.seq;
  }

  /** A line without content of its own: what hangs on it hangs on its parent. */
  link(id: string, parent: string | null | undefined): void {
    this.ids.set(id, this.resolve(parent));
  }

  /** What a person (or a program in their name) put in: it ends the call before it, and may start a fork. */
  prompt(entry: Entry, drafts: readonly Draft[]): void {
    this.close();
    const parent = this.resolve(entry.parent);
    const digest = promptDigest(drafts.map(draftText).join('\n'), entry.time);
    const twin = (parent?.children ?? this.roots).find((step) => step.kind === 'prompt' && step.digest === digest);
    if (twin !== undefined) {
      this.duplicate(entry, 'user', twin);
      return;
    }
    const step = this.start('prompt', parent, entry, digest);
    for (const draft of drafts) this.commit(step, draft, entry);
  }

  /** What a program put in beside the conversation: never a fork; while a call is open it waits for the call's results. */
  note(entry: Entry, drafts: readonly Draft[]): void {
    const parent = this.chain(entry.parent);
    const before = parent === null ? null : end(parent);
    if (this.open !== undefined && before === this.open) {
      this.ids.set(entry.id, this.open);
      for (const draft of drafts) this.open.call?.queue.push({ draft, origin: entry });
      this.release(this.open);
      return;
    }
    const step = this.start('note', parent, entry, '');
    for (const draft of drafts) this.commit(step, draft, entry);
  }

  /** A line of a model's answer. */
  answer(entry: AnswerEntry): void {
    const parent = this.chain(entry.parent);
    const known = entry.keys.map((key) => this.calls.get(key)).find((step) => step !== undefined);
    const step = known ?? this.startCall(parent, entry);
    const call = step.call;
    if (call === undefined) return;
    for (const key of entry.keys) this.calls.set(key, step);
    this.ids.set(entry.id, step);
    this.last = step;
    const continues = parent === step && !call.closed;
    for (const draft of entry.drafts) this.block(step, call, draft, entry, continues);
    call.model = entry.model ?? call.model;
    call.usage = entry.usage ?? call.usage;
    call.finishReason = entry.finishReason ?? call.finishReason;
    call.over ||= call.finishReason !== null;
    call.latencyMs = entry.latencyMs ?? call.latencyMs;
    this.touch(step, call);
    this.release(step);
  }

  /** Results of tool calls; `beside` is what else stood in their line. */
  results(entry: Entry, drafts: readonly Draft[], beside: readonly Draft[] = []): void {
    let home: Step | undefined;
    for (const draft of drafts) {
      const owner = draft.toolCallId === undefined ? undefined : this.tools.get(draft.toolCallId)?.step;
      if (owner === undefined) this.note(entry, [draft]);
      else this.result(owner, draft, entry);
      home ??= owner;
    }
    if (home !== undefined) this.ids.set(entry.id, home);
    if (beside.length > 0) this.note({ ...entry, parent: home === undefined ? entry.parent : entry.id }, beside);
    if (home !== undefined) this.ids.set(entry.id, home);
    if (home !== undefined) this.release(home);
  }

  /**
   * A compaction: its summary stands for everything the context held, instructions and `keep` aside.
   */
  compaction(entry: Entry, text: string, keep: KeptLines = []): void {
    this.close();
    const parent = this.chain(entry.parent);
    const digest = promptDigest(text, entry.time);
    const twin = (parent?.children ?? this.roots).find((step) => step.kind === 'prompt' && step.digest === digest);
    if (twin !== undefined) {
      this.duplicate(entry, 'user', twin);
      return;
    }
    const step = this.start('prompt', parent, entry, digest);
    const sources = this.graph.visible(step.head, this.kept(keep));
    if (sources.length === 0) {
      this.commit(step, dialogue('user', text), entry);
      return;
    }
    const seq = this.commit(step, { content: { text, role: 'user' } }, entry, { operation: 'compress', sources });
    this.graph.compacted(seq, sources);
  }

  /** Reports the calls that are open or changed since they were reported; they may go on. */
  settle(): void {
    if (this.open !== undefined) this.report(this.open);
    for (const step of this.late) this.report(step);
    this.late.clear();
  }

  /** The session says that the turn ended with this line: a call there is complete, also without a finish reason. */
  turnEnded(at: string | null | undefined): void {
    const step = this.resolve(at);
    if (step?.call === undefined) return;
    step.call.over = true;
    this.release(step);
  }

  /** Nothing more will come: a sub-agent has answered. */
  finish(): void {
    this.close();
  }

  pending(): number {
    const call = this.open?.call;
    if (call === undefined) return 0;
    return new Set([...call.results.values(), ...call.queue].map(({ origin }) => origin.line)).size;
  }

  private resolve(parent: string | null | undefined): Step | null {
    if (parent === null) return null;
    const known = parent === undefined ? undefined : this.ids.get(parent);
    return known === undefined ? this.last : known;
  }

  /** As `resolve`, but only a prompt starts a second root: anything else without a parent goes on from what was read last. */
  private chain(parent: string | null | undefined): Step | null {
    return this.resolve(parent) ?? this.last;
  }

  private startCall(parent: Step | null, entry: AnswerEntry): Step {
    this.close();
    const key = entry.keys[0] ?? entry.id;
    const origin = { id: entry.id, line: entry.line, time: entry.time };
    const call = newCall(key, origin, entry.model);
    let from = parent;
    if (from === null) {
      // A record needs the commit it was compiled from, also where a file starts in the middle.
      from = this.start('note', null, { ...entry, id: `${entry.id}/start` }, '');
      this.commit(from, note('session-start'), entry);
    }
    const step = this.start('call', from, entry, '', call);
    this.open = step;
    return step;
  }

  private start(kind: Step['kind'], parent: Step | null, origin: Origin, digest: string, call?: Call): Step {
    const siblings = parent === null ? this.roots : parent.children;
    const before = this.before(kind, parent, siblings, origin, digest);
    const forks = before === parent && siblings.length > 0;
    const head = before?.tail ?? -1;
    const lane = forks || before === null ? this.lanes++ : before.lane;
    const step: Step = {
      kind,
      parent,
      digest,
      lane,
      head,
      tail: head,
      children: [],
      next: undefined,
      prompted: false,
      answered: false,
      call,
    };
    siblings.push(step);
    if (before !== null && !forks) before.next = step;
    if (forks || before === null) {
      this.sink({ kind: 'lane', session: this.session, lane, id: origin.id, from: head < 0 ? null : head });
    }
    for (let up: Step | null = step; up !== null; up = up.parent) {
      if (kind === 'note' || (kind === 'call' ? up.answered : up.prompted)) break;
      if (kind === 'call') up.answered = true;
      else up.prompted = true;
    }
    this.ids.set(origin.id, step);
    this.last = step;
    return step;
  }

  /** The step whose commits come right before a new one: its parent, unless what already hangs there is no fork. */
  private before(
    kind: Step['kind'],
    parent: Step | null,
    siblings: readonly Step[],
    origin: Origin,
    digest: string,
  ): Step | null {
    const sibling = siblings.at(-1);
    if (sibling === undefined) return parent;
    if (kind === 'note') return end(sibling);
    if (kind === 'prompt') {
      if (!siblings.some((step) => step.prompted || step.answered)) return end(sibling);
      const unanswered = sibling.kind === 'prompt' && sibling.children.length === 0;
      return unanswered && textDigest(sibling.digest) === textDigest(digest) ? this.deadEnd(sibling, origin) : parent;
    }
    if (!siblings.some((step) => step.answered)) return end(sibling);
    return sibling.call !== undefined && isIncomplete(sibling, sibling.call) ? this.deadEnd(sibling, origin) : parent;
  }

  /** Sets what a dead end put into the context to `skip`, on the lane that goes on from it. */
  private deadEnd(step: Step, origin: Origin): Step {
    const skip = this.start('note', step, { ...origin, id: `${origin.id}/skip` }, '');
    for (const target of this.graph.messagesOf(step)) {
      const draft = { content: { priority: 'skip', reason: 'written anew' } };
      this.commit(skip, draft, origin, { operation: 'annotate', target });
    }
    // Whatever else hangs on the dead end goes on from before it was set aside.
    skip.prompted = true;
    skip.answered = true;
    return skip;
  }

  private block(step: Step, call: Call, draft: Draft, origin: Origin, continues: boolean): void {
    const isCall = draft.content['direction'] === 'call';
    const id = draft.toolCallId;
    if (id !== undefined && (isCall ? this.tools.has(id) : call.done.has(id))) {
      this.skip(origin, isCall ? 'tool_use' : 'tool_result', 'duplicate');
      return;
    }
    const text = draftText(draft);
    const type = textAt(draft.content, 'content_type') ?? '';
    const digest = digestOf(text);
    // Two calls of one tool with the same arguments are two: their ids tell them apart.
    if (!continues && id === undefined && call.blocks.some((block) => block.type === type && block.digest === digest)) {
      this.skip(origin, type, 'duplicate');
      return;
    }
    const earlier = continues || id !== undefined ? undefined : rewritten(call, type, text);
    if (earlier !== undefined) {
      this.commit(step, draft, origin, { operation: 'edit', target: earlier.seq });
      call.blocks.push({ type, digest, text, seq: earlier.seq });
      return;
    }
    const seq = this.commit(call.closed ? end(step) : step, draft, origin, { call });
    call.answer.push(seq);
    call.blocks.push({ type, digest, text: call.closed ? null : text, seq });
    if (id === undefined) return;
    if (isCall) {
      this.tools.set(id, { step, seq });
      call.tools.push(id);
    } else {
      // A tool that the provider ran itself: its result stands within the answer.
      call.done.add(id);
    }
  }

  private result(owner: Step, draft: Draft, origin: Origin): void {
    const call = owner.call;
    const id = draft.toolCallId;
    if (call === undefined || id === undefined) return;
    if (call.done.has(id) || call.results.has(id)) {
      this.skip(origin, 'tool_result', 'duplicate');
    } else if (call.closed) {
      // It came after its turn was given up: it stands where it came.
      call.done.add(id);
      this.commit(end(owner), draft, origin);
    } else {
      call.results.set(id, { draft, origin });
    }
  }

  /** Passes on what an open call holds as far as its order is certain (Annex B.8). */
  private release(step: Step): void {
    const call = step.call;
    if (call === undefined || (!call.closed && !call.over)) return;
    for (const id of call.tools) {
      if (call.done.has(id)) continue;
      const held = call.results.get(id);
      if (held === undefined) {
        if (call.closed) continue;
        return;
      }
      call.results.delete(id);
      call.done.add(id);
      this.commit(step, held.draft, held.origin);
    }
    for (const held of call.queue.splice(0)) this.commit(step, held.draft, held.origin);
  }

  private close(): void {
    const step = this.open;
    const call = step?.call;
    if (step === undefined || call === undefined) return;
    this.open = undefined;
    call.closed = true;
    this.release(step);
    for (const block of call.blocks) block.text = null;
    this.report(step);
  }

  private touch(step: Step, call: Call): void {
    call.dirty = true;
    if (call.closed) this.late.add(step);
  }

  private report(step: Step): void {
    const call = step.call;
    if (call?.dirty !== true) return;
    call.dirty = false;
    const { key: id, origin, model, usage, finishReason, latencyMs } = call;
    this.sink({
      kind: 'call',
      session: this.session,
      id,
      head: step.head,
      answer: [...call.answer],
      model,
      usage,
      finishReason,
      latencyMs,
      time: origin.time,
      line: origin.line,
    });
  }

  private commit(
    step: Step,
    draft: Draft,
    origin: Origin,
    how: { operation?: CommitEvent['operation']; target?: number; sources?: readonly number[]; call?: Call } = {},
  ): number {
    const parent = step.tail;
    const operation = how.operation ?? 'append';
    const type = textAt(draft.content, 'content_type');
    const isMessage =
      operation === 'compress' || (operation === 'append' && !(type !== undefined && NOT_COMPACTED.has(type)));
    const seq = this.graph.add(step, isMessage);
    if (draft.toolCallId !== undefined && draft.content['direction'] === 'call') {
      this.names.set(draft.toolCallId, draft.toolName ?? 'tool');
    }
    step.tail = seq;
    this.sink({
      kind: 'commit',
      session: this.session,
      seq,
      parent: parent < 0 ? null : parent,
      lane: step.lane,
      operation,
      target: how.target ?? null,
      sources: how.sources ?? [],
      content: draft.content,
      metadata: draft.metadata ?? {},
      time: origin.time,
      id: origin.id,
      line: origin.line,
      call: how.call?.key ?? null,
      model: how.call?.model ?? null,
    });
    return seq;
  }

  private kept(keep: KeptLines): ReadonlySet<Step> {
    if ('from' in keep) return segment(this.ids.get(keep.from) ?? null, this.ids.get(keep.to) ?? null);
    return new Set(keep.map((id) => this.ids.get(id)).filter((step) => step !== undefined && step !== null));
  }

  private duplicate(entry: Entry, type: string, twin: Step): void {
    this.ids.set(entry.id, twin);
    this.last = end(twin);
    this.skip(entry, type, 'duplicate');
  }

  private skip(origin: Origin, type: string, reason: string): void {
    this.sink({ kind: 'skip', line: origin.line, type, reason });
  }
}
