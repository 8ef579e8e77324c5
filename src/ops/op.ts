import type { TokenUsage } from '../core/model/usage.js';

/** How an op ended. `done` only when its work was (SPEC §13). */
export const OP_OUTCOMES = ['done', 'failed', 'abandoned'] as const;
export type OpOutcome = (typeof OP_OUTCOMES)[number];

export const OP_CLOSERS = ['user', 'agent', 'doctor'] as const;
export type OpCloser = (typeof OP_CLOSERS)[number];

type Maybe<T> = T | null | undefined;

/** What is known when an op begins (SPEC §13). Only these fields reach a file; anything else is dropped. */
export interface OpStart {
  /** A ULID; made when left out. */
  readonly opId?: Maybe<string>;
  /** `generate`, `reset`, `merge` … */
  readonly action: string;
  /** Who asked for it: `user` (when left out), `agent`, or a name. */
  readonly actor?: Maybe<string>;
  readonly tractId?: Maybe<string>;
  readonly branch?: Maybe<string>;
  readonly headBefore?: Maybe<string>;
  /** Its first 16 characters are kept. */
  readonly contextHash?: Maybe<string>;
  readonly tokenCount?: Maybe<number>;
  readonly commitCount?: Maybe<number>;
  readonly modelId?: Maybe<string>;
  /** The person's own correlation ids. */
  readonly missionId?: Maybe<string>;
  readonly wpId?: Maybe<string>;
  /** ISO time; the clock's when left out. */
  readonly startedAt?: Maybe<string>;
}

/** How an op ended (SPEC §13). */
export interface OpEnd {
  readonly outcome: OpOutcome;
  /** `user` when left out. */
  readonly closedBy?: Maybe<OpCloser>;
  readonly headAfter?: Maybe<string>;
  readonly recordId?: Maybe<string>;
  readonly usage?: Maybe<TokenUsage>;
  readonly errorCode?: Maybe<string>;
  /** ISO time; the clock's when left out. */
  readonly completedAt?: Maybe<string>;
}

/** Something an op led to: a file, or a commit of the repository or the tract. */
export interface OpLink {
  readonly kind: OpLinkKind | `${OpLinkKind}_link`;
  readonly ref: string;
}
export type OpLinkKind = 'artifact' | 'commit';
