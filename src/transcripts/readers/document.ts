import type { LeftOut } from '../blocks.js';
import { draftText, type Draft } from '../drafts.js';
import type { Sink, TranscriptFormat } from '../events.js';
import { digestOf } from '../step.js';
import { NO_TIME } from '../time.js';
import type { Entry } from '../entry.js';
import { StepTree } from '../tree.js';

/**
 * A conversation that a file holds as a list: one message after the other. Its id is made of its first messages unless it has one
 * of its own, so that a longer version of the same list is the same conversation. Such lists hold answers but no calls.
 */
export class ListConversation {
  readonly tree: StepTree;
  number = 0;
  private time = NO_TIME;

  constructor(
    private readonly sink: Sink,
    readonly key: string,
    format: TranscriptFormat,
    options: { readonly calls: boolean } = { calls: false },
  ) {
    sink({ kind: 'session', key, format, parent: null, agentId: null, repeated: false });
    this.tree = new StepTree(key, (event) => {
      if (options.calls || event.kind !== 'call') sink(event);
    });
  }

  /** The place of the next message. */
  next(time?: string): Entry {
    this.number++;
    this.time = time ?? this.time;
    return { id: `${this.key}#${this.number}`, parent: undefined, line: this.number, time: this.time };
  }

  /** A message of a model; a list says nothing of the call, so it ends with the message. */
  answer(entry: Entry, drafts: readonly Draft[], model: string | null = null): void {
    this.tree.answer({ ...entry, keys: [entry.id], drafts, model, usage: null, finishReason: 'stop' });
  }

  readonly leftOut: LeftOut = (type, reason) => {
    this.skip(type, reason);
  };

  skip(type: string, reason: string): void {
    this.sink({ kind: 'skip', line: this.number, type: type.slice(0, 64), reason });
  }
}

/** A conversation's id from how it begins. */
export function keyOf(format: TranscriptFormat, beginning: readonly string[]): string {
  return `${format}-${digestOf(beginning.join('\n')).replace(':', '-')}`;
}

/** The text that a draft adds to such a beginning. */
export function keyText(drafts: readonly Draft[]): string {
  return drafts.map(draftText).join('\n');
}
