import { CommitGraph } from './commit-graph.js';
import type { Draft } from './drafts.js';
import type { CommitEvent, Sink } from './events.js';
import { textAt } from './json.js';
import type { Call, Origin, Step } from './step.js';

/** Content types that put no message into a context, or stand above every compaction. */
const NOT_COMPACTED: ReadonlySet<string> = new Set(['instruction', 'config', 'metadata']);

/** What a conversation's tree passes on: each commit once, in an order in which it can be made, and what it knows of the calls. */
export class TreeEvents {
  readonly graph = new CommitGraph();
  /** Names of tools by call id, also of calls that no model call holds. */
  readonly toolNames = new Map<string, string>();

  constructor(
    private readonly session: string,
    private readonly sink: Sink,
  ) {}

  /** A commit at the end of a step. Returns its number. */
  commit(
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
      this.toolNames.set(draft.toolCallId, draft.toolName ?? 'tool');
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

  /** What is known of a call by now, if that changed. */
  report(step: Step): void {
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

  /** A line of history starts with this commit's child; -1: with a root. */
  lane(lane: number, id: string, head: number): void {
    this.sink({ kind: 'lane', session: this.session, lane, id, from: head < 0 ? null : head });
  }

  skip(origin: Origin, type: string, reason: string): void {
    this.sink({ kind: 'skip', line: origin.line, type, reason });
  }
}
