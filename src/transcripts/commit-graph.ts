import type { Step } from './step.js';

/** The commits made so far, as numbers: each hangs on the last one of its step, or on the one its step starts from. */
export class CommitGraph {
  private readonly parents: number[] = [];
  private readonly owners: Step[] = [];
  /** Commits that make a message which a compaction would take away. */
  private readonly messages = new Set<number>();
  private readonly sources = new Map<number, readonly number[]>();

  /** Adds a commit at the end of a step and returns its number. */
  add(step: Step, isMessage: boolean): number {
    const seq = this.parents.length;
    this.parents.push(step.tail);
    this.owners.push(step);
    if (isMessage) this.messages.add(seq);
    return seq;
  }

  /** From `seq` on, `sources` are out of the context. */
  compacted(seq: number, sources: readonly number[]): void {
    this.sources.set(seq, sources);
  }

  messagesOf(step: Step): readonly number[] {
    return [...this.back(step.tail, step.head)].filter((seq) => this.messages.has(seq)).reverse();
  }

  /** The messages of the context at `head` that no earlier compaction took away, `kept` aside. O(length of the line). */
  visible(head: number, kept: ReadonlySet<Step>): readonly number[] {
    const gone = new Set<number>();
    const found: number[] = [];
    for (const seq of this.back(head, -1)) {
      for (const source of this.sources.get(seq) ?? []) gone.add(source);
      const owner = this.owners[seq];
      if (this.messages.has(seq) && !gone.has(seq) && owner !== undefined && !kept.has(owner)) found.push(seq);
    }
    return found.reverse();
  }

  private *back(from: number, until: number): Generator<number> {
    for (let seq = from; seq !== until && seq >= 0; seq = this.parents[seq] ?? -1) yield seq;
  }
}
