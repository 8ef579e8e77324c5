import type { Resolution } from '../../core/compile/fold.js';
import type { StoredCommit } from '../../core/model/commit.js';
import type { StoredRecord } from '../../core/model/record.js';
import type { StoredTract } from '../../core/model/tract.js';
import type { LogEntry } from '../../core/operations/log.js';
import type { Conflict, CurrentMerge } from '../merge/merge-in-progress.js';

/** What the trees show. Nodes are values: commands get them as their argument. */
export type Node =
  | TractNode
  | LineNode
  | CommitNode
  | MoreNode
  | RecordNode
  | RefNode
  | GroupNode
  | MoreRecordsNode
  | MergeNode
  | ConflictNode
  | ResolutionNode;

export interface TractNode {
  readonly kind: 'tract';
  readonly tractId: string;
  readonly tract: StoredTract;
  readonly active: boolean;
}

/** A branch, or a detached HEAD: a line of commits. */
export interface LineNode {
  readonly kind: 'line';
  readonly tractId: string;
  /** Null for a detached HEAD. */
  readonly branch: string | null;
  readonly head: string;
  readonly current: boolean;
}

export interface CommitNode {
  readonly kind: 'commit';
  readonly tractId: string;
  readonly commitHash: string;
  readonly commit: StoredCommit;
  /** What later commits of its line made of it; null for the edits and annotations below a commit. */
  readonly entry: LogEntry | null;
  readonly isHead: boolean;
  /** Tells the same commit in several places apart. */
  readonly place: string;
}

export interface MoreNode {
  readonly kind: 'more';
  readonly tractId: string;
  readonly line: LineNode;
}

export interface RecordNode {
  readonly kind: 'record';
  readonly tractId: string;
  readonly record: StoredRecord;
  readonly place: string;
}

export interface MoreRecordsNode {
  readonly kind: 'moreRecords';
  readonly tractId: string;
}

export interface RefNode {
  readonly kind: 'branch' | 'tag' | 'session';
  readonly tractId: string;
  readonly name: string;
  readonly commitHash: string;
  readonly current: boolean;
}

/** Tracts that were spawned from this one, or a heading of refs. */
export interface GroupNode {
  readonly kind: 'group';
  readonly tractId: string;
  readonly group: 'branches' | 'tags' | 'sessions' | 'spawned';
}

/** A merge that waits for its conflicts to be resolved. */
export interface MergeNode {
  readonly kind: 'merge';
  readonly tractId: string;
  readonly merge: CurrentMerge;
}

export interface ConflictNode {
  readonly kind: 'conflict';
  readonly tractId: string;
  readonly target: string;
  readonly conflict: Conflict;
}

/** What a merge commit settled about one message. */
export interface ResolutionNode {
  readonly kind: 'resolution';
  readonly tractId: string;
  /** The message: commands take the row for its commit. */
  readonly commitHash: string;
  readonly resolution: Resolution;
  readonly place: string;
}

/** Stable across refreshes, so that VS Code keeps what is expanded and selected. */
export function nodeId(node: Node): string {
  switch (node.kind) {
    case 'tract':
      return `tract:${node.tractId}`;
    case 'line':
      return `line:${node.tractId}:${node.branch ?? ''}`;
    case 'commit':
      return `commit:${node.tractId}:${node.place}:${node.commitHash}`;
    case 'more':
      return `more:${node.tractId}:${node.line.branch ?? ''}`;
    case 'record':
      return `record:${node.place}:${node.record.id}`;
    case 'moreRecords':
      return `moreRecords:${node.tractId}`;
    case 'group':
      return `group:${node.tractId}:${node.group}`;
    case 'merge':
      return `merge:${node.tractId}`;
    case 'conflict':
      return `conflict:${node.tractId}:${node.target}`;
    case 'resolution':
      return `resolution:${node.place}:${node.commitHash}`;
    default:
      return `${node.kind}:${node.tractId}:${node.name}`;
  }
}
