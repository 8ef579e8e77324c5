import type { Step } from './step.js';

const NONE: ReadonlySet<Step> = new Set();

/** The commits made so far, as numbers: each hangs on the last one of its step, or on the one its step starts from. */
export class CommitGraph {
  private readonly parents: number[] = [];
  private readonly owners: Step[] = [];
  /** Whether a commit makes a message which a compaction would take away. */
  private readonly isMessage: boolean[] = [];
  /** Of each compaction, the messages before it that it left in the context. */
  private readonly left = new Map<number, readonly number[]>();

  /** Adds a commit at the end of a step and returns its number. */
  add(step: Step, isMessage: boolean): number {
    const seq = this.parents.length;
    this.parents.push(step.tail);
    this.owners.push(step);
    this.isMessage.push(isMessage);
    return seq;
  }

  /** From `seq` on, `sources` are out of the context. */
  compacted(seq: number, sources: readonly number[]): void {
    const gone = new Set(sources);
    const before = this.visible(this.parents[seq] ?? -1, NONE);
    this.left.set(
      seq,
      before.filter((message) => !gone.has(message)),
    );
  }

  messagesOf(step: Step): readonly number[] {
    const found: number[] = [];
    for (let seq = step.tail; seq !== step.head && seq >= 0; seq = this.parents[seq] ?? -1)
      if (this.isMessage[seq] === true) found.push(seq);
    return found.reverse();
  }

  /** The messages of the context at `head` that no earlier compaction took away, `kept` aside. O(commits since the last compaction). */
  visible(head: number, kept: ReadonlySet<Step>): readonly number[] {
    const found: number[] = [];
    let left: readonly number[] | undefined;
    for (let seq = head; seq >= 0 && left === undefined; seq = this.parents[seq] ?? -1) {
      if (this.isMessage[seq] === true) found.push(seq);
      left = this.left.get(seq);
    }
    return [...(left ?? []), ...found.reverse()].filter((seq) => {
      const owner = this.owners[seq];
      return owner !== undefined && !kept.has(owner);
    });
  }
}
