import type { Draft } from './drafts.js';
import { draftText } from './drafts.js';
import type { AnswerEntry } from './entry.js';
import { textAt } from './json.js';
import { digestOf, end, rewritten, type Call, type Origin, type Step } from './step.js';
import type { TreeEvents } from './tree-events.js';

/**
 * The model calls of one conversation and the results of their tools, in the order of SPEC Annex B.8: one call at a time is open,
 * and what it holds is passed on as far as its order is certain.
 */
export class Calls {
  private readonly byKey = new Map<string, Step>();
  private readonly tools = new Map<string, { readonly step: Step; readonly seq: number }>();
  /** Closed calls that changed since they were reported. */
  private readonly late = new Set<Step>();
  private current: Step | undefined;

  constructor(private readonly events: TreeEvents) {}

  /** The call under way. */
  get open(): Step | undefined {
    return this.current;
  }

  /** The call that one of these keys names. */
  find(keys: readonly string[]): Step | undefined {
    return keys.map((key) => this.byKey.get(key)).find((step) => step !== undefined);
  }

  /** The tool call of this id: its step and commit. */
  tool(id: string): { readonly step: Step; readonly seq: number } | undefined {
    return this.tools.get(id);
  }

  begin(step: Step): void {
    this.current = step;
  }

  /** A line of a call's answer; `continues`: it hangs on the line before. */
  add(step: Step, call: Call, entry: AnswerEntry, continues: boolean): void {
    for (const key of entry.keys) this.byKey.set(key, step);
    for (const draft of entry.drafts) this.block(step, call, draft, entry, continues);
    call.model = entry.model ?? call.model;
    call.usage = entry.usage ?? call.usage;
    call.finishReason = entry.finishReason ?? call.finishReason;
    call.over ||= call.finishReason !== null;
    call.latencyMs = entry.latencyMs ?? call.latencyMs;
    call.dirty = true;
    if (call.closed) this.late.add(step);
    this.release(step);
  }

  /** The result of one of a call's tools. */
  result(owner: Step, draft: Draft, origin: Origin): void {
    const call = owner.call;
    const id = draft.toolCallId;
    if (call === undefined || id === undefined) return;
    if (call.done.has(id) || call.results.has(id)) {
      this.events.skip(origin, 'tool_result', 'duplicate');
    } else if (call.closed) {
      // It came after its turn was given up: it stands where it came.
      call.done.add(id);
      this.events.commit(end(owner), draft, origin);
    } else {
      call.results.set(id, { draft, origin });
    }
  }

  /** Passes on what an open call holds as far as its order is certain (Annex B.8). */
  release(step: Step): void {
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
      this.events.commit(step, held.draft, held.origin);
    }
    for (const held of call.queue.splice(0)) this.events.commit(step, held.draft, held.origin);
  }

  /** Nothing more is expected of the open call. */
  close(): void {
    const step = this.current;
    const call = step?.call;
    if (step === undefined || call === undefined) return;
    this.current = undefined;
    call.closed = true;
    this.release(step);
    for (const block of call.blocks) block.text = null;
    this.events.report(step);
  }

  /** Reports the calls that are open or changed since they were reported; they may go on. */
  settle(): void {
    if (this.current !== undefined) this.events.report(this.current);
    for (const step of this.late) this.events.report(step);
    this.late.clear();
  }

  /** Lines that wait for their place. */
  pending(): number {
    const call = this.current?.call;
    if (call === undefined) return 0;
    return new Set([...call.results.values(), ...call.queue].map(({ origin }) => origin.line)).size;
  }

  private block(step: Step, call: Call, draft: Draft, origin: Origin, continues: boolean): void {
    const isCall = draft.content['direction'] === 'call';
    const id = draft.toolCallId;
    if (id !== undefined && (isCall ? this.tools.has(id) : call.done.has(id))) {
      this.events.skip(origin, isCall ? 'tool_use' : 'tool_result', 'duplicate');
      return;
    }
    const text = draftText(draft);
    const type = textAt(draft.content, 'content_type') ?? '';
    const digest = digestOf(text);
    // Two calls of one tool with the same arguments are two: their ids tell them apart.
    if (!continues && id === undefined && call.blocks.some((block) => block.type === type && block.digest === digest)) {
      this.events.skip(origin, type, 'duplicate');
      return;
    }
    const earlier = continues || id !== undefined ? undefined : rewritten(call, type, text);
    if (earlier !== undefined) {
      this.events.commit(step, draft, origin, { operation: 'edit', target: earlier.seq });
      call.blocks.push({ type, digest, text, seq: earlier.seq });
      return;
    }
    const seq = this.events.commit(call.closed ? end(step) : step, draft, origin, { call });
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
}
