import * as z from 'zod/mini';
import { Count } from './primitives.js';

export const PlanFileView = z.object({
  path: z.string(),
  tokens: Count,
  /** Relevance; null for pinned files, which are not ranked. */
  score: z.nullable(z.number()),
  reason: z.enum(['pinned', 'fit', 'too_big', 'budget_exhausted', 'moved']),
  kept: z.boolean(),
  deliverable: z.boolean(),
  modifiable: z.boolean(),
  /** A summary that stands for the file (SPEC §12). */
  substitution: z.nullable(z.object({ label: z.string(), tokens: Count, saves: z.int() })),
  /** The file is in the context already. */
  inContext: z.boolean(),
  /** It is, and changed since it was committed. */
  changedSince: z.boolean(),
});
export type PlanFileView = z.infer<typeof PlanFileView>;

/** The plan for workspace files (issue 7), kept and omitted, before anything is committed. */
export const PlanView = z.object({
  id: z.string(),
  query: z.string(),
  /** Where files are chosen from, for a person: `whole workspace`, or folders and files. */
  from: z.string(),
  state: z.enum(['planning', 'ready', 'committing']),
  mode: z.enum(['lexical', 'semantic']),
  /** `disabled`, `cap_exceeded`, …; null when the ranking is semantic. */
  fallbackReason: z.nullable(z.string()),
  /** False: tokens are estimated by length (SPEC §12 step 2). */
  exact: z.boolean(),
  used: Count,
  cap: z.int(),
  overBudget: z.boolean(),
  files: z.array(PlanFileView),
  /** The first of the files and folders that were not read, with why: `secret`, `binary`, `larger than 1 MiB`, … */
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
  skippedCount: Count,
  embedding: z.object({ hits: Count, misses: Count, calls: Count, cap: z.int() }),
});
export type PlanView = z.infer<typeof PlanView>;
