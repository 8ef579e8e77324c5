/** Number of Unicode code points of `text`; a lone surrogate counts as one. O(length). */
export function codePointCount(text: string): number {
  let pairs = 0;
  for (let i = 0; i + 1 < text.length; i++) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low >= 0xdc00 && low <= 0xdfff) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs;
}

/** Tokens a file is taken to cost before it is counted exactly (SPEC §12): max(1, floor(code points ÷ 4)). */
export function estimateTokens(text: string): number {
  return Math.max(1, Math.floor(codePointCount(text) / 4));
}

/** The first `count` code points of `text`; never ends in half a surrogate pair. */
export function firstCodePoints(text: string, count: number): string {
  let end = 0;
  for (let taken = 0; taken < count && end < text.length; taken++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
