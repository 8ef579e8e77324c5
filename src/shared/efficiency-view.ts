import * as z from 'zod/mini';
import { Count, Instant } from './primitives.js';

/** One row of the metrics of SPEC §12: a selection that was used for a compile. */
export const EfficiencyRowView = z.object({
  /** The compile record's id. */
  phase: z.string(),
  createdAt: Instant,
  mode: z.string(),
  fallbackReason: z.nullable(z.string()),
  used: Count,
  cap: z.int(),
  kept: Count,
  omitted: Count,
  substitutions: Count,
  saved: z.int(),
  cacheHits: Count,
  cacheMisses: Count,
  calls: Count,
  outcome: z.string(),
});
export type EfficiencyRowView = z.infer<typeof EfficiencyRowView>;

/** `Tract: Token Efficiency` of the active tract, oldest row first. */
export const EfficiencyView = z.object({
  rows: z.array(EfficiencyRowView),
  savedTotal: z.int(),
  /** 0…1; 0 when the cap is 0. */
  utilisation: z.number(),
  modes: z.record(z.string(), Count),
  outcomes: z.record(z.string(), Count),
});
export type EfficiencyView = z.infer<typeof EfficiencyView>;
