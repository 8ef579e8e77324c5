import * as z from 'zod/mini';
import { Hash, Instant, Priority, Role, Tokens } from './primitives.js';

export const RefView = z.object({ kind: z.enum(['branch', 'tag', 'import']), name: z.string(), current: z.boolean() });
export type RefView = z.infer<typeof RefView>;

export const GraphCommitView = z.object({
  hash: Hash,
  /** First parent first; a parent may lie beyond what is loaded. */
  parents: z.array(Hash),
  operation: z.enum(['append', 'edit', 'annotate', 'compress', 'reorder', 'merge']),
  contentType: z.string(),
  /** Null for commits that make no message. */
  role: z.nullable(Role),
  /** The commit message's first line. */
  subject: z.string(),
  /** Null for commits that make no message. */
  tokens: z.nullable(Tokens),
  priority: Priority,
  author: z.nullable(z.string()),
  createdAt: Instant,
  refs: z.array(RefView),
  isHead: z.boolean(),
});
export type GraphCommitView = z.infer<typeof GraphCommitView>;

/**
 * Commits of every branch, children before parents, as many as the webview asked for (`loadGraph`). The webview lays out the
 * lanes: they follow from the parents.
 */
export const GraphView = z.object({ commits: z.array(GraphCommitView), hasMore: z.boolean() });
export type GraphView = z.infer<typeof GraphView>;
