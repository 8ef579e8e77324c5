import type { Paint, Style } from './colours.js';

const BAR = 30;
/** Shares of the budget up to which the bar is green, then yellow; red above (issue 8). */
const GREEN = 0.7;
const YELLOW = 0.9;

/** `1a2b3c4d` */
export const short = (hash: string): string => hash.slice(0, 8);

/** `1,234`. `toLocaleString` would load the locale data first. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Reported figures stand as they are, estimates carry a `~` (SPEC §6). */
export function tokens(count: number, source: string): string {
  return `${source.startsWith('api:') ? '' : '~'}${grouped(count)}`;
}

/** `3 commits`, `1 commit` */
export const plural = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** The budget in 30 characters: `[█████████░░░…] 30%`, green to 70 %, yellow to 90 %, red above. */
export function budgetBar(used: number, max: number, paint: Paint): string {
  const share = used / max;
  const filled = Math.min(BAR, Math.round(share * BAR));
  const colour: Style = share <= GREEN ? 'green' : share <= YELLOW ? 'yellow' : 'red';
  return `[${paint(colour, '█'.repeat(filled))}${'░'.repeat(BAR - filled)}] ${Math.round(share * 100)}%`;
}

/** `1.2 kB` */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [value, unit] = count < 1_000_000 ? [count / 1000, 'kB'] : [count / 1_000_000, 'MB'];
  return `${value.toFixed(1)} ${unit}`;
}
