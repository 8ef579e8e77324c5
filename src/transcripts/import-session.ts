import type { StoredTract } from '../core/model/tract.js';
import type { TokenUsage } from '../core/model/usage.js';
import type { TractStore } from '../core/ports/storage.js';
import type { LaneEvent, SessionEvent } from './events.js';
import { NO_TIME } from './time.js';

/** One line of history as far as it is imported. */
export interface Lane {
  readonly id: string;
  /** Its last commit; null until it has one of its own. */
  tip: string | null;
}

/** What one conversation brought, and what of it was new to the store. */
export interface Tally {
  calls: number;
  toolCalls: number;
  toolResults: number;
  usage: TokenUsage;
  readonly added: { commits: number; records: number };
}

export const NO_USAGE: TokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

export function newTally(): Tally {
  return { calls: 0, toolCalls: 0, toolResults: 0, usage: NO_USAGE, added: { commits: 0, records: 0 } };
}

export function addUsage(a: TokenUsage, b: TokenUsage, sign: 1 | -1 = 1): TokenUsage {
  return {
    promptTokens: a.promptTokens + sign * b.promptTokens,
    completionTokens: a.completionTokens + sign * b.completionTokens,
    totalTokens: a.totalTokens + sign * b.totalTokens,
    cacheReadTokens: a.cacheReadTokens + sign * b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + sign * b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + sign * b.reasoningTokens,
  };
}

export function sumTallies(tallies: Iterable<Tally>): Tally {
  const sum = newTally();
  for (const tally of tallies) {
    sum.calls += tally.calls;
    sum.toolCalls += tally.toolCalls;
    sum.toolResults += tally.toolResults;
    sum.usage = addUsage(sum.usage, tally.usage);
    sum.added.commits += tally.added.commits;
    sum.added.records += tally.added.records;
  }
  return sum;
}

/** One conversation on its way into its tract. */
export class ImportSession {
  /** Commit hashes by the number the reader gave them. */
  readonly hashes: string[] = [];
  readonly lanes: Lane[] = [];
  readonly tally = newTally();
  /** Usage of each call as it is counted so far: a later report replaces it. */
  readonly reported = new Map<string, TokenUsage>();
  /** The lane of the commit written last: where the first import puts HEAD. */
  lastLane = 0;
  title: string | null = null;
  cwd: string | null = null;
  firstPrompt: string | null = null;
  startedAt: string | null = null;
  spawnedFrom: string | null = null;

  constructor(
    readonly event: SessionEvent,
    readonly tractId: string,
    readonly parentTractId: string | null,
    /** The name of its refs: `refs/import/<name>/…`. */
    readonly refName: string,
  ) {}

  addLane(event: LaneEvent): void {
    this.lanes[event.lane] = { id: event.id, tip: null };
  }

  hash(seq: number): string {
    const hash = this.hashes[seq];
    if (hash === undefined) throw new RangeError(`No commit ${seq} in session ${this.event.key}.`);
    return hash;
  }

  /** The tract's row, as this import would write it on top of what is there. A name that the person gave stays. */
  row(store: Pick<TractStore, 'tract'>): StoredTract {
    const stored = store.tract(this.tractId);
    const source = stored?.source ?? {};
    const given = source['name'];
    const isOurs = stored === undefined || given === stored.name;
    const name = this.title ?? this.firstPrompt ?? (typeof given === 'string' ? given : this.event.key);
    const { format, key, agentId } = this.event;
    return {
      tractId: this.tractId,
      name: isOurs ? name : stored.name,
      createdAt: stored?.createdAt ?? this.startedAt ?? NO_TIME,
      spawn: this.spawn(store, stored),
      collapsedInto: stored?.collapsedInto ?? null,
      source: {
        ...source,
        format,
        session: key,
        ...(agentId === null ? {} : { agent: agentId }),
        ...(this.cwd === null ? {} : { cwd: this.cwd }),
        ...(isOurs ? { name } : {}),
      },
    };
  }

  private spawn(store: Pick<TractStore, 'tract'>, stored: StoredTract | undefined): StoredTract['spawn'] {
    if (stored?.spawn?.commitHash != null || this.parentTractId === null) return stored?.spawn ?? null;
    if (store.tract(this.parentTractId) === undefined) return stored?.spawn ?? null;
    return { tractId: this.parentTractId, commitHash: this.spawnedFrom, purpose: 'sub-agent', mode: 'empty' };
  }
}
