import type { Hasher } from '../core/ports/hasher.js';

/** A part of a ref name, or of an id that goes into an address: letters, digits, `_`, `-` and single dots only. */
const SAFE = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const LONGEST = 100;

/** A session's or a line's own id as part of a name; one that git would refuse is replaced by the beginning of its hash. */
export function safeName(id: string, hasher: Hasher): string {
  const plain = id.replaceAll('/', '.').replaceAll('#', '-');
  const isSafe = plain.length <= LONGEST && SAFE.test(plain) && !plain.endsWith('.lock') && !plain.startsWith('-');
  return isSafe ? plain : hasher.sha256(id).slice(0, 32);
}

const TITLE = 80;

/** One line for a list, from a title or the first prompt. */
export function titleOf(text: string): string {
  const line = text
    .replace(/<[^>]{1,80}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line.slice(0, TITLE * 2));
  return characters.length <= TITLE ? line : `${characters.slice(0, TITLE - 1).join('')}…`;
}
