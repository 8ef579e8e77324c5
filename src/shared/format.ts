import type { Tokens } from './primitives.js';

const UNITS = [
  { from: 1_000_000, unit: 'M' },
  { from: 1_000, unit: 'k' },
] as const;

/**
 * A number of tokens for tight places: `312`, `12.4k`, `200k`, `1.25M`. Three significant digits at most above 1,000, trailing
 * zeros left out, so that a budget of 200,000 reads `200k`.
 */
export function compactCount(count: number): string {
  const size = Math.abs(count);
  for (const { from, unit } of UNITS) {
    // 999,950 would round to "1000k": it belongs to the next unit.
    if (size < from * 0.9995) continue;
    return `${Number((count / from).toPrecision(size < from ? 1 : 3))}${unit}`;
  }
  return String(count);
}

/** `~12.4k` when estimated, `12.4k` when a provider reported it (SPEC §6). */
export function compactTokens(tokens: Tokens): string {
  return (tokens.exact ? '' : '~') + compactCount(tokens.count);
}

/** Digits in groups of three: `12,431`. Same in every locale, so that columns and tests agree. */
export function fullCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 message`, `2,048 messages`. */
export function messageCount(count: number): string {
  return `${fullCount(count)} ${count === 1 ? 'message' : 'messages'}`;
}

/** The tooltip's sentence: `12,431 tokens, estimated`. */
export function describeTokens(tokens: Tokens): string {
  const noun = tokens.count === 1 ? 'token' : 'tokens';
  return `${fullCount(tokens.count)} ${noun}, ${tokens.exact ? 'reported by the provider' : 'estimated'}`;
}

/** A share for a person: `6%`, `<1%` instead of a 0 that is not one, `100%` only when it is full. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share > 0.99 && share < 1) return '99%';
  return `${Math.round(share * 100)}%`;
}

/** The first 8 digits, as git and SPEC §8 show hashes. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

const AGES = [
  { seconds: 31_557_600, unit: 'y' },
  { seconds: 2_629_800, unit: 'mo' },
  { seconds: 86_400, unit: 'd' },
  { seconds: 3_600, unit: 'h' },
  { seconds: 60, unit: 'min' },
] as const;

/** How long ago: `now` under a minute and for the future, else `5 min`, `3 h`, `2 d`, `4 mo`, `1 y`. */
export function age(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  for (const { seconds: size, unit } of AGES) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return 'now';
}

/** A latency: `840 ms`, `2.4 s`, `1 min 12 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
