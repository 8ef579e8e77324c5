import { Calls } from './calls.js';
import { dialogue, draftText, note, type Draft } from './drafts.js';
import type { AnswerEntry, Entry, KeptLines } from './entry.js';
import type { Sink } from './events.js';
import {
  end,
  isIncomplete,
  newCall,
  promptDigest,
  segment,
  textDigest,
  type Call,
  type Origin,
  type Step,
} from './step.js';
import { TreeEvents } from './tree-events.js';

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
  private readonly roots: Step[] = [];
  private readonly events: TreeEvents;
  private readonly calls: Calls;
  private last: Step | null = null;
  private lanes = 0;

  constructor(session: string, sink: Sink) {
    this.events = new TreeEvents(session, sink);
    this.calls = new Calls(this.events);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  get isEmpty(): boolean {
    return this.last === null;
  }

  toolName(toolCallId: string): string | undefined {
    return this.events.toolNames.get(toolCallId);
  }

  /** The commit of a tool call. */
  toolCommit(toolCallId: string): number | undefined {
    return this.calls.tool(toolCallId)?.seq;
  }

  /** A line without content of its own: what hangs on it hangs on its parent. */
  link(id: string, parent: string | null | undefined): void {
    this.ids.set(id, this.resolve(parent));
  }

  /** What a person (or a program in their name) put in: it ends the call before it, and may start a fork. */
  prompt(entry: Entry, drafts: readonly Draft[]): void {
    this.calls.close();
    const parent = this.resolve(entry.parent);
    const digest = promptDigest(drafts.map(draftText).join('\n'), entry.time);
    const twin = (parent?.children ?? this.roots).find((step) => step.kind === 'prompt' && step.digest === digest);
    if (twin !== undefined) {
      this.duplicate(entry, 'user', twin);
      return;
    }
    const step = this.start('prompt', parent, entry, digest);
    for (const draft of drafts) this.events.commit(step, draft, entry);
  }

  /** What a program put in beside the conversation: never a fork; while a call is open it waits for the call's results. */
  note(entry: Entry, drafts: readonly Draft[]): void {
    const parent = this.chain(entry.parent);
    const before = parent === null ? null : end(parent);
    if (this.calls.open !== undefined && before === this.calls.open) {
      this.ids.set(entry.id, this.calls.open);
      for (const draft of drafts) this.calls.open.call?.queue.push({ draft, origin: entry });
      this.calls.release(this.calls.open);
      return;
    }
    const step = this.start('note', parent, entry, '');
    for (const draft of drafts) this.events.commit(step, draft, entry);
  }

  /** A line of a model's answer. */
  answer(entry: AnswerEntry): void {
    const parent = this.chain(entry.parent);
    const step = this.calls.find(entry.keys) ?? this.startCall(parent, entry);
    const call = step.call;
    if (call === undefined) return;
    this.ids.set(entry.id, step);
    this.last = step;
    this.calls.add(step, call, entry, parent === step && !call.closed);
  }

  /** Results of tool calls; `beside` is what else stood in their line. */
  results(entry: Entry, drafts: readonly Draft[], beside: readonly Draft[] = []): void {
    let home: Step | undefined;
    for (const draft of drafts) {
      const owner = draft.toolCallId === undefined ? undefined : this.calls.tool(draft.toolCallId)?.step;
      if (owner === undefined) this.note(entry, [draft]);
      else this.calls.result(owner, draft, entry);
      home ??= owner;
    }
    if (home !== undefined) this.ids.set(entry.id, home);
    if (beside.length > 0) this.note({ ...entry, parent: home === undefined ? entry.parent : entry.id }, beside);
    if (home !== undefined) this.ids.set(entry.id, home);
    if (home !== undefined) this.calls.release(home);
  }

  /**
   * A compaction: its summary stands for everything the context held, instructions and `keep` aside.
   */
  compaction(entry: Entry, text: string, keep: KeptLines = []): void {
    this.calls.close();
    const parent = this.chain(entry.parent);
    const digest = promptDigest(text, entry.time);
    const twin = (parent?.children ?? this.roots).find((step) => step.kind === 'prompt' && step.digest === digest);
    if (twin !== undefined) {
      this.duplicate(entry, 'user', twin);
      return;
    }
    const step = this.start('prompt', parent, entry, digest);
    const sources = this.events.graph.visible(step.head, this.kept(keep));
    if (sources.length === 0) {
      this.events.commit(step, dialogue('user', text), entry);
      return;
    }
    const seq = this.events.commit(step, { content: { text, role: 'user' } }, entry, {
      operation: 'compress',
      sources,
    });
    this.events.graph.compacted(seq, sources);
  }

  /** Reports the calls that are open or changed since they were reported; they may go on. */
  settle(): void {
    this.calls.settle();
  }

  /** The session says that the turn ended with this line: a call there is complete, also without a finish reason. */
  turnEnded(at: string | null | undefined): void {
    const step = this.resolve(at);
    if (step?.call === undefined) return;
    step.call.over = true;
    this.calls.release(step);
  }

  /** Nothing more will come: a sub-agent has answered. */
  finish(): void {
    this.calls.close();
  }

  pending(): number {
    return this.calls.pending();
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
    this.calls.close();
    const key = entry.keys[0] ?? entry.id;
    const origin = { id: entry.id, line: entry.line, time: entry.time };
    const call = newCall(key, origin, entry.model);
    let from = parent;
    if (from === null) {
      // A record needs the commit it was compiled from, also where a file starts in the middle.
      from = this.start('note', null, { ...entry, id: `${entry.id}/start` }, '');
      this.events.commit(from, note('session-start'), entry);
    }
    const step = this.start('call', from, entry, '', call);
    this.calls.begin(step);
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
      this.events.lane(lane, origin.id, head);
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
    for (const target of this.events.graph.messagesOf(step)) {
      const draft = { content: { priority: 'skip', reason: 'written anew' } };
      this.events.commit(skip, draft, origin, { operation: 'annotate', target });
    }
    // Whatever else hangs on the dead end goes on from before it was set aside.
    skip.prompted = true;
    skip.answered = true;
    return skip;
  }

  private kept(keep: KeptLines): ReadonlySet<Step> {
    if ('from' in keep) return segment(this.ids.get(keep.from) ?? null, this.ids.get(keep.to) ?? null);
    return new Set(keep.map((id) => this.ids.get(id)).filter((step) => step !== undefined && step !== null));
  }

  private duplicate(entry: Entry, type: string, twin: Step): void {
    this.ids.set(entry.id, twin);
    this.last = end(twin);
    this.events.skip(entry, type, 'duplicate');
  }
}
