import type { JsonObject } from '../core/model/json.js';
import type { Draft } from './drafts.js';

/** Where in the file something stands. */
export interface Origin {
  /** The session's own id. */
  readonly id: string;
  readonly line: number;
  readonly time: string;
}

export interface Held {
  readonly draft: Draft;
  readonly origin: Origin;
}

/** One block of a model's answer, kept to recognise it when it is written again. */
export interface Block {
  readonly type: string;
  readonly digest: string;
  /** Dropped when the call is over: only a call under way is rewritten. */
  text: string | null;
  seq: number;
}

/** One model call (several lines of a file) and the results of its tools. */
export interface Call {
  readonly key: string;
  readonly origin: Origin;
  model: string | null;
  usage: JsonObject | null;
  finishReason: string | null;
  latencyMs: number | null;
  readonly answer: number[];
  readonly blocks: Block[];
  /** Its tool calls in order. */
  readonly tools: string[];
  readonly done: Set<string>;
  /** Results that wait for an earlier one, or for more of the call's own lines. */
  readonly results: Map<string, Held>;
  /** What was written while the call was open and stands after its results. */
  readonly queue: Held[];
  /** It has a finish reason, or its turn is known to have ended. */
  over: boolean;
  /** Nothing more is expected: another call or a prompt came. */
  closed: boolean;
  /** Something changed since it was last reported. */
  dirty: boolean;
}

/**
 * What a transcript's tree is made of: a prompt, a call with the results of its tools, or a note (anything that no fork starts
 * with). Its commits follow each other without anything between.
 */
export interface Step {
  readonly kind: 'prompt' | 'note' | 'call';
  readonly parent: Step | null;
  /** Tells apart two prompts of one parent. */
  readonly digest: string;
  readonly lane: number;
  /** The commit before its first one; -1: none. */
  readonly head: number;
  /** Its last commit, or `head` while it has none. */
  tail: number;
  readonly children: Step[];
  /** The step that goes on from here on the same lane. */
  next: Step | undefined;
  /** A prompt, or a call, is in it or below it. */
  prompted: boolean;
  answered: boolean;
  readonly call: Call | undefined;
}

/** 64 bits of FNV-1a with the length: tells texts of one session apart, keeps none of them. */
export function digestOf(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + index), 0x85ebca6b);
  }
  return `${text.length}:${(low >>> 0).toString(36)}${(high >>> 0).toString(36)}`;
}

export function newCall(key: string, origin: Origin, model: string | null): Call {
  return {
    key,
    origin,
    model,
    usage: null,
    finishReason: null,
    latencyMs: null,
    answer: [],
    blocks: [],
    tools: [],
    done: new Set(),
    results: new Map(),
    queue: [],
    over: false,
    closed: false,
    dirty: true,
  };
}

/** The last step on the lane that goes on from this one. */
export function end(step: Step): Step {
  let last = step;
  while (last.next !== undefined) last = last.next;
  return last;
}

/** No child, and a sign that it broke off: a tool without result, or no finish reason. */
export function isIncomplete(step: Step, call: Call): boolean {
  if (step.children.length > 0) return false;
  return !call.over || call.tools.some((id) => !call.done.has(id));
}

/** The steps from `first` to `last`. A segment that is none keeps nothing: better a summary of too much than a context that never was. */
export function segment(first: Step | null, last: Step | null): ReadonlySet<Step> {
  const steps = new Set<Step>();
  for (let step = last; step !== null; step = step.parent) {
    steps.add(step);
    if (step === first) return steps;
  }
  return new Set();
}

/** An earlier block of the same kind that this one writes anew: one text goes on where the other broke off. */
export function rewritten(call: Call, type: string, text: string): Block | undefined {
  return call.blocks.findLast(
    (block) => block.type === type && block.text !== null && block.text !== '' && text.startsWith(block.text),
  );
}

/** Two prompts of one parent with the same text and time are one; with the same text only, the second is a retry. */
export function promptDigest(text: string, time: string): string {
  return `${digestOf(text)}@${time}`;
}

export function textDigest(digest: string): string {
  return digest.slice(0, digest.indexOf('@'));
}
