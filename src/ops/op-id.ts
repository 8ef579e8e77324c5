import { decodeTime, monotonicFactory } from 'ulid';
import { InvalidOpIdError } from './errors.js';
import { OP_FILE_SUFFIX } from './paths.js';

/** Crockford's alphabet has no I, L, O, U; 48 bits of time leave 0…7 for the first character. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** True for a canonical ULID: 26 upper-case Crockford characters, at most `7ZZZZZZZZZZZZZZZZZZZZZZZZZ`. */
export function isOpId(id: unknown): id is string {
  return typeof id === 'string' && id.length === 26 && ULID.test(id);
}

/** Refuses everything but a ULID, before any path is made from it (SPEC §13). @throws InvalidOpIdError */
export function assertOpId(id: unknown): asserts id is string {
  if (!isOpId(id)) throw new InvalidOpIdError(id);
}

/** Ids whose order is the order of the calls, also within a millisecond and when the clock goes back. */
export function createOpIds(clock: () => Date): () => string {
  const random = new Uint32Array(1);
  const next = monotonicFactory(() => {
    globalThis.crypto.getRandomValues(random);
    return (random[0] ?? 0) / 2 ** 32;
  });
  return () => next(clock().getTime());
}

/** When the id was made, in milliseconds since 1970. */
export function timeOfOpId(id: string): number {
  return decodeTime(id);
}

/** The id a file name stands for; undefined for foreign names. */
export function opIdOfFile(name: string): string | undefined {
  if (!name.endsWith(OP_FILE_SUFFIX)) return undefined;
  const id = name.slice(0, -OP_FILE_SUFFIX.length);
  return isOpId(id) ? id : undefined;
}
