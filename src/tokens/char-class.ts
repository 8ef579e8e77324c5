/**
 * The character classes that the pre-tokenizer patterns are made of. White space is `\p{White_Space}` as in OpenAI's
 * tiktoken, not JavaScript's `\s`: the two differ on U+FEFF and U+0085.
 */
export const OTHER = 0;
export const LOWER = 1;
export const UPPER = 2;
/** Letters without case: Lm and Lo. */
export const CASELESS = 3;
export const MARK = 4;
export const NUMBER = 5;
/** CR and LF. */
export const NEWLINE = 6;
/** White space other than CR and LF. */
export const SPACE = 7;
const UNSEEN = 8;

const BY_PROPERTY: readonly (readonly [RegExp, number])[] = [
  [/^[\r\n]/u, NEWLINE],
  [/^\p{White_Space}/u, SPACE],
  [/^\p{Ll}/u, LOWER],
  [/^[\p{Lu}\p{Lt}]/u, UPPER],
  [/^[\p{Lm}\p{Lo}]/u, CASELESS],
  [/^\p{M}/u, MARK],
  [/^\p{N}/u, NUMBER],
];

/** Memo of the classes, filled as characters are met: classifying all of Unicode up front would cost more than a load. */
const bmp = new Uint8Array(0x10000).fill(UNSEEN);
const astralPages: (Uint8Array | undefined)[] = Array.from({ length: 0x1100 });

/**
 * Class of the character that the UTF-16 unit at `index` belongs to: both halves of a surrogate pair have the class of
 * the pair, a lone surrogate is OTHER (as U+FFFD, which it is encoded as). `index` must lie inside `text`.
 */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const known = bmp[unit] as number;
  return known === UNSEEN ? classifyAt(text, index, unit) : known;
}

/** Index of the character after the one at `index`. */
export function nextIndex(text: string, index: number): number {
  const isPair = isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1));
  return index + (isPair ? 2 : 1);
}

export function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

export function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

export function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** Code point of a surrogate pair. */
export function pairCodePoint(high: number, low: number): number {
  return ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
}

function classifyAt(text: string, index: number, unit: number): number {
  if (!isSurrogate(unit)) return (bmp[unit] = classify(unit));
  const high = isHigh(unit) ? unit : text.charCodeAt(index - 1);
  const low = isLow(unit) ? unit : text.charCodeAt(index + 1);
  return isHigh(high) && isLow(low) ? astralClass(pairCodePoint(high, low)) : OTHER;
}

function astralClass(codePoint: number): number {
  const page = codePoint >> 8;
  const classes = (astralPages[page] ??= Uint8Array.from({ length: 256 }, (_, low) => classify(page * 256 + low)));
  return classes[codePoint & 255] as number;
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  return BY_PROPERTY.find(([property]) => property.test(character))?.[1] ?? OTHER;
}
