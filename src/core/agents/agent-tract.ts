import type { Priority } from '../model/commit.js';

/** A commit as tools show it. */
export interface AgentCommit {
  readonly commitHash: string;
  readonly contentType: string;
  readonly operation: string;
  readonly message: string;
  readonly tokenCount: number;
  readonly createdAt: string;
  readonly effectivePriority: Priority;
}

export interface AgentMessage {
  readonly role: string;
  readonly content: string;
  readonly tokenCount: number;
  readonly commitHash: string;
}

export interface AgentContext {
  readonly head: string | null;
  readonly messages: readonly AgentMessage[];
  readonly tokenCount: number;
  readonly tokenSource: string;
  toMarkdown(): string;
}

export interface AgentDiff {
  readonly a: string | null;
  readonly b: string | null;
  readonly totals: {
    readonly added: number;
    readonly removed: number;
    readonly modified: number;
    readonly unchanged: number;
    readonly tokenDelta: number;
  };
  readonly messages: readonly {
    readonly status: string;
    readonly a?: AgentMessage | null;
    readonly b?: AgentMessage | null;
    readonly unifiedDiff?: string | null;
  }[];
}

export interface AgentRecord {
  readonly id: string;
  readonly headHash: string;
  readonly tokenCount: number;
  readonly tokenSource: string;
  readonly commitCount: number;
  readonly model: string | null;
  readonly createdAt: string;
  readonly outcome: string;
  readonly stablePrefix: { readonly messages: number; readonly tokens: number };
}

/**
 * What agents may do with the active tract: a part of the facade of SPEC §18, which satisfies it as it is. Nothing here
 * destroys: no reset, no deletion of branches, no collection of garbage.
 */
export interface AgentTract {
  readonly head: string | null;
  readonly currentBranch: string | null;
  status(): Promise<{ readonly text: string; readonly detached: boolean; readonly branch: string | null }>;
  log(options: {
    readonly limit?: number;
    readonly from?: string;
    readonly text?: string;
    readonly type?: string;
    readonly cursor?: string;
  }): Promise<readonly AgentCommit[] & { readonly nextCursor?: string }>;
  compile(options: { readonly at?: string; readonly includeReasoning?: boolean }): Promise<AgentContext>;
  diff(a?: string, b?: string): Promise<AgentDiff>;
  search(query: {
    readonly text?: string;
    readonly type?: string;
    readonly branch?: string;
  }): Promise<readonly { readonly commitHash: string; readonly excerpt: string }[]>;
  compileRecords(options: { readonly limit?: number }): Promise<readonly AgentRecord[]>;
  resolveCommit(ref: string): Promise<string>;
  commit(
    content: object,
    options: { readonly message?: string; readonly metadata?: { readonly author: string } },
  ): Promise<AgentCommit>;
  branch(name: string, options: { readonly from?: string; readonly checkout?: boolean }): Promise<string>;
  checkout(ref: string): Promise<string>;
  annotate(target: string, priority: string, options: { readonly reason?: string }): Promise<AgentCommit>;
  compress(options: {
    readonly range?: { readonly from: string; readonly to: string };
    readonly text?: string;
    readonly instructions?: string;
  }): Promise<{
    readonly commit: { readonly commitHash: string };
    readonly sources: readonly unknown[];
    readonly tokensBefore: number;
    readonly tokensAfter: number;
  }>;
}
