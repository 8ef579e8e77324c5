import type { TokenUsage } from './usage.js';

/** One run of an operation (SPEC §13, Annex B.7), started and completed. */
export interface StoredOp {
  readonly opId: string;
  readonly tractId: string;
  readonly action: string;
  readonly actor: string;
  readonly branch: string | null;
  readonly headBefore: string | null;
  readonly headAfter: string | null;
  /** First 16 digits of the context hash before the operation, when it was known. */
  readonly contextHash: string | null;
  readonly tokenCount: number | null;
  readonly commitCount: number | null;
  readonly modelId: string | null;
  readonly missionId: string | null;
  readonly wpId: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly outcome: 'done' | 'failed' | 'abandoned' | null;
  readonly closedBy: 'user' | 'agent' | 'doctor' | null;
  readonly recordId: string | null;
  readonly usage: TokenUsage | null;
  readonly errorCode: string | null;
}
