import { InvalidArgumentError } from './errors.js';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A text that is surely a time and written as it is hashed; others may be too. */
const HASHED =
  /^(?!00)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.(?!0{6})\d{6})?\+00:00$/;

/**
 * The timestamp text that is hashed (SPEC §4): UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`, the fraction left out when zero. Takes a
 * Date or an ISO text with up to six fraction digits (further digits are cut); a text without a zone is UTC, a day alone its
 * beginning.
 * @throws InvalidArgumentError when it is no time.
 */
export function toTimestampIso(time: Date | string): string {
  if (typeof time !== 'string') {
    if (!(time instanceof Date) || Number.isNaN(time.getTime()))
      throw new InvalidArgumentError(`Not a valid time: ${String(time)}.`);
    return join(Math.floor(time.getTime() / 1000), (((time.getTime() % 1000) + 1000) % 1000) * 1000);
  }
  if (HASHED.test(time)) return time;
  const match = ISO.exec(time.trim());
  if (!match)
    throw new InvalidArgumentError(
      `Not an ISO time: '${time.slice(0, 60)}'. Use for example 2026-01-31T09:30:00.123456Z.`,
    );
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(ms);
  if (
    date.getUTCMonth() !== Number(month) - 1 ||
    date.getUTCDate() !== Number(day) ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    throw new InvalidArgumentError(`No such time: '${time.slice(0, 60)}'.`);
  }
  return join(ms / 1000 - offsetMinutes(zone) * 60, Number(fraction.slice(0, 6).padEnd(6, '0')));
}

function offsetMinutes(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith('-') ? -minutes : minutes;
}

function join(seconds: number, microseconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) {
    throw new InvalidArgumentError('Times must lie between the years 0 and 9999.');
  }
  const fraction = microseconds === 0 ? '' : '.' + String(microseconds).padStart(6, '0');
  return date.toISOString().slice(0, 19) + fraction + '+00:00';
}

/** Orders two timestamps of the hashed form; as text they do not compare, since a zero fraction is left out. */
export function compareTimestamps(a: string, b: string): number {
  const x = padFraction(a);
  const y = padFraction(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function padFraction(timestampIso: string): string {
  return timestampIso.slice(0, 19) + '.' + microseconds(timestampIso);
}

function microseconds(timestampIso: string): string {
  return timestampIso.charAt(19) === '.' ? timestampIso.slice(20, 26) : '000000';
}

/** The next representable time, 1 µs later (Annex B.2). */
export function addMicrosecond(timestampIso: string): string {
  const seconds = Date.parse(timestampIso.slice(0, 19) + 'Z') / 1000;
  const next = Number(microseconds(timestampIso)) + 1;
  return next === 1_000_000 ? join(seconds + 1, 0) : join(seconds, next);
}
