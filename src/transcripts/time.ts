const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** The hashed time of what carries none: the same file must always give the same hashes. What is shown is `shownTime`. */
export const NO_TIME = '1970-01-01T00:00:00+00:00';
/** Numbers below this are seconds since 1970, above it milliseconds: it is the year 5138 in seconds, 1973 in milliseconds. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * A session's own time as SPEC §4 writes it (`YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`), microseconds kept, finer digits cut.
 * Takes ISO text (no zone = UTC) and seconds or milliseconds since 1970.
 *
 * @returns undefined for what is no time.
 */
export function sessionTime(value: unknown): string | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const match = ISO.exec(value.trim());
  if (match === null) return undefined;
  const [, day = '', clock = '', digits = '', zone = 'Z'] = match;
  const micros = digits.slice(0, 6).padEnd(6, '0');
  const seconds = Date.parse(`${day}T${clock}${normalZone(zone)}`);
  return Number.isNaN(seconds) ? undefined : render(seconds, micros);
}

function fromNumber(value: number): string | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  const micros = Math.round(value < SECONDS_BELOW ? value * 1e6 : value * 1e3);
  const seconds = Math.floor(micros / 1e6);
  if (seconds * 1000 > 8.64e15) return undefined;
  return render(seconds * 1000, String(micros - seconds * 1e6).padStart(6, '0'));
}

function normalZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function render(milliseconds: number, micros: string): string | undefined {
  const text = new Date(milliseconds).toISOString();
  // Years beyond 9999 have six digits there and none of ours.
  if (text.length !== 24) return undefined;
  return `${text.slice(0, 19)}${Number(micros) === 0 ? '' : `.${micros}`}+00:00`;
}
