import * as z from 'zod/mini';

// The webview's CSP forbids eval; without this zod probes for it and the browser reports a violation.
z.config({ jitless: true });

/** A full commit hash: 64 lower-case hex digits. */
export const Hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** A whole number ≥ 0. */
export const Count = z.int().check(z.nonnegative());

/** An ISO 8601 time in UTC as the store keeps it, with up to six fraction digits. */
export const Instant = z.string().check(z.maxLength(40));

/** A string of a bounded length: what the webview may send is never unbounded. */
export function text(maxLength: number): z.ZodMiniString {
  return z.string().check(z.maxLength(maxLength));
}

/**
 * A number of tokens and whether a provider reported it (SPEC §6: every number shown says so). Estimates are drawn with `~`.
 */
export const Tokens = z.object({ count: z.int(), exact: z.boolean() });
export type Tokens = z.infer<typeof Tokens>;

export const Priority = z.enum(['skip', 'normal', 'important', 'pinned']);
export type Priority = z.infer<typeof Priority>;

export const Role = z.enum(['system', 'user', 'assistant', 'tool']);
export type Role = z.infer<typeof Role>;
