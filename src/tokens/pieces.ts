import { CASELESS, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER, classAt, nextIndex } from './char-class.js';

/**
 * The pre-tokenizer patterns as hand-written scanners: `pieceEnd(text, start)` gives the end of the piece that the
 * pattern matches at `start` (inside `text`). Linear over the whole text; the patterns stand beside each function.
 */
export type PieceEnd = (text: string, start: number) => number;

const APOSTROPHE = 0x27;
const BLANK = 0x20;
const SLASH = 0x2f;
const LONG_S = 0x17f;

const LETTERS = (1 << LOWER) | (1 << UPPER) | (1 << CASELESS);
const LOWER_PART = (1 << LOWER) | (1 << CASELESS) | (1 << MARK);
const SYMBOLS = (1 << OTHER) | (1 << MARK);

/**
 * o200k_base, where `S` is `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`:
 * `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+S`, the same with `+` and `*` exchanged,
 * `\p{N}{1,3}`, ` ?[^\s\p{L}\p{N}]+[\r\n/]*`, `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`.
 */
export function o200kPieceEnd(text: string, start: number): number {
  const kind = classAt(text, start);
  switch (kind) {
    case LOWER:
    case UPPER:
    case CASELESS:
    case MARK:
      return contractionEnd(text, casedWordEnd(text, start));
    case NUMBER:
      return numberEnd(text, start);
    case NEWLINE:
      return whitespaceEnd(text, start);
  }
  const next = nextIndex(text, start);
  const wordEnd = casedWordEnd(text, next);
  if (wordEnd > next) return contractionEnd(text, wordEnd);
  if (kind === OTHER) return slashesEnd(text, runEnd(text, next, SYMBOLS));
  if (isBlankBeforeSymbol(text, start)) return slashesEnd(text, runEnd(text, next, SYMBOLS));
  return whitespaceEnd(text, start);
}

/**
 * cl100k_base: `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, `[^\r\n\p{L}\p{N}]?\p{L}+`, `\p{N}{1,3}`,
 * ` ?[^\s\p{L}\p{N}]+[\r\n]*`, `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`.
 */
export function cl100kPieceEnd(text: string, start: number): number {
  const contraction = contractionEnd(text, start);
  if (contraction > start) return contraction;
  const kind = classAt(text, start);
  switch (kind) {
    case LOWER:
    case UPPER:
    case CASELESS:
      return runEnd(text, start, LETTERS);
    case NUMBER:
      return numberEnd(text, start);
    case NEWLINE:
      return whitespaceEnd(text, start);
  }
  const next = nextIndex(text, start);
  const wordEnd = runEnd(text, next, LETTERS);
  if (wordEnd > next) return wordEnd;
  if (kind !== SPACE || isBlankBeforeSymbol(text, start)) {
    return runEnd(text, runEnd(text, next, SYMBOLS), 1 << NEWLINE);
  }
  return whitespaceEnd(text, start);
}

/** End of the run of characters whose classes are in the bit set. */
function runEnd(text: string, start: number, classes: number): number {
  let end = start;
  while (end < text.length && ((classes >> classAt(text, end)) & 1) === 1) end++;
  return end;
}

/**
 * End of `[upper]*[lower]+` or else `[upper]+[lower]*`; `start` when neither matches. Caseless letters and marks are in
 * both sets, so without a lower-case letter the first form gives back all after the last of these.
 */
function casedWordEnd(text: string, start: number): number {
  let end = start;
  let afterLastOfBoth = start;
  for (; end < text.length; end++) {
    const kind = classAt(text, end);
    if (kind === CASELESS || kind === MARK) afterLastOfBoth = end + 1;
    else if (kind === LOWER) return runEnd(text, end, LOWER_PART);
    else if (kind !== UPPER) break;
  }
  return afterLastOfBoth > start ? afterLastOfBoth : end;
}

/** End of `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`; the long s is an `s` when case is ignored. */
function contractionEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== APOSTROPHE) return start;
  switch (text.charCodeAt(start + 1) | 0x20) {
    case 0x73: // s
    case LONG_S:
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return start + 2;
    case 0x72: // re
    case 0x76: // ve
      return (text.charCodeAt(start + 2) | 0x20) === 0x65 ? start + 3 : start;
    case 0x6c: // ll
      return (text.charCodeAt(start + 2) | 0x20) === 0x6c ? start + 3 : start;
    default:
      return start;
  }
}

function numberEnd(text: string, start: number): number {
  let end = nextIndex(text, start);
  for (let digits = 1; digits < 3 && end < text.length && classAt(text, end) === NUMBER; digits++) {
    end = nextIndex(text, end);
  }
  return end;
}

function isBlankBeforeSymbol(text: string, start: number): boolean {
  if (text.charCodeAt(start) !== BLANK || start + 1 === text.length) return false;
  return ((SYMBOLS >> classAt(text, start + 1)) & 1) === 1;
}

function slashesEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (classAt(text, end) === NEWLINE || text.charCodeAt(end) === SLASH)) end++;
  return end;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last newline of the run, else all but the last when something follows. */
function whitespaceEnd(text: string, start: number): number {
  let end = start;
  let afterNewline = start;
  for (; end < text.length; end++) {
    const kind = classAt(text, end);
    if (kind === NEWLINE) afterNewline = end + 1;
    else if (kind !== SPACE) break;
  }
  if (afterNewline > start) return afterNewline;
  return end === text.length || end - start === 1 ? end : end - 1;
}
