/** A seeded generator (mulberry32), so that a failure can be repeated. */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** Every kind of character the patterns tell apart, and what is easily got wrong around them. */
const FRAGMENTS: readonly string[] = [
  ...['a', 'b', 'z', 'é', 'ß', 'ф', 'A', 'S', 'T', 'É', 'Ф', 'ǅ', 'ª', 'ʰ', 'ー', 'א', 'ا', 'あ', '中', '文', '한'],
  ...['the', 'Hello', 'HTTPServer', 'don', 'getElementById', 'ТЕКСТ', 'ελλάδα', 'ſ', 'K', 'İ', 'ı'],
  ...["'", "''", '’', "'s", "'S", "'t", "'LL", "'re", "'V", "'vE", "'m", "'d", "'l", "'r"],
  ...['0', '1', '9', '12', '345', '6789', '½', '²', 'Ⅷ', '٣', '𝟎', '〇'],
  ...[' ', ' ', '  ', '   ', '\t', '\n', '\n', '\r', '\r\n', '\n\n', '\u000b', '\f', '\u00a0', '\u1680', '\u2003'],
  ...['\u2028', '\u2029', '\u202f', '\u3000', '\u200b', '\u180e', '\u2060'],
  ...[
    '.',
    ',',
    '!',
    '/',
    '//',
    '/*',
    '\\',
    '_',
    '-',
    '==',
    '();',
    '"',
    '{',
    '}',
    '€',
    '。',
    '、',
    '…',
    '\u0000',
    '\u007f',
  ],
  ...['\u0300', '\u0301', '\u20e3', '\ufe0f', '\u0e31', '\u093f', '\u0483', '𑀀', '\u{e0100}'],
  ...['😀', '👩‍👩‍👧', '\u200d', '🇩🇪', '👍🏽', '❤️', '𐐀', '𐐨', '𠀀', '𝒜', '\u{10ffff}', '\ue000', '\ufffd', '\uffff'],
  ...['\ud800', '\udbff', '\udc00', '\udfff', '\ud83d'],
  ...['<|endoftext|>', '<|im_start|>', '<|', '|>', '<|endofprompt|>', '<|fim_prefix|>'],
];

/** A few fragments in a row, some of them repeated. */
export function randomText(random: () => number, maxFragments: number): string {
  let text = '';
  for (let left = 1 + Math.floor(random() * maxFragments); left > 0; left--) {
    const fragment = pick(random, FRAGMENTS);
    text += random() < 0.05 ? fragment.repeat(1 + Math.floor(random() * 12)) : fragment;
  }
  return text;
}

/** Code points from everywhere, but for the three that js-tiktoken counts otherwise (see tiktoken-vectors). */
export function randomCodePoints(random: () => number, maxLength: number): string {
  let text = '';
  for (let left = 1 + Math.floor(random() * maxLength); left > 0; left--) {
    const range = pick(random, [0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x110000]);
    const codePoint = Math.floor(random() * range);
    if (codePoint !== 0xfeff && codePoint !== 0x85) text += String.fromCodePoint(codePoint);
  }
  return text.replaceAll(/'\u017f/g, "'s");
}
