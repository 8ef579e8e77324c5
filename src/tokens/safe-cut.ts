import { MARK, NEWLINE, NUMBER, OTHER, SPACE, classAt, isSurrogate } from './char-class.js';

const SLASH = 0x2f;
const APOSTROPHE = 0x27;

/**
 * Whether o200k_base and cl100k_base always have a piece boundary between the last unit of `before` and the first of
 * `after`, so that the counts of the two sides add up to the count of the whole (DESIGN "Tokens"). Both sides must
 * be non-empty; next to a surrogate no cut is safe.
 */
export function isSafeCut(before: string, after: string): boolean {
  return isSafe(before, before.length - 1, after, 0);
}

/** The first safe cut of `text` at or after `from` (≥ 1); its length when there is none. */
export function nextSafeCut(text: string, from: number): number {
  let cut = from;
  while (cut < text.length && !isSafe(text, cut - 1, text, cut)) cut++;
  return Math.min(cut, text.length);
}

function isSafe(left: string, x: number, right: string, y: number): boolean {
  const next = right.charCodeAt(y);
  if (isSurrogate(left.charCodeAt(x)) || isSurrogate(next)) return false;
  const beforeCut = classAt(left, x);
  const afterCut = classAt(right, y);
  // White space other than CR and LF only ever begins a piece or follows white space.
  if (afterCut === SPACE) return beforeCut < NEWLINE;
  // A run of digits is cut in threes from its start, and takes nothing along.
  if (beforeCut === NUMBER) return afterCut !== NUMBER;
  if (afterCut === NUMBER) return beforeCut !== SPACE;
  // A newline ends its piece unless white space or, after punctuation, a slash follows.
  if (beforeCut === NEWLINE) return afterCut !== NEWLINE && next !== SLASH;
  // A letter ends its piece before any symbol but an apostrophe, which may begin a contraction.
  return beforeCut < MARK && beforeCut !== OTHER && afterCut === OTHER && next !== APOSTROPHE;
}
