const INDEX_BITS = 19;
const SPREAD = 0x9e3779b1;
/** The first byte of every character beyond ASCII is at least this, no other byte is. */
export const FIRST_LEAD_BYTE = 0xc0;

/**
 * Which characters beyond ASCII some token joins. Between two that none does, a piece falls apart into spans that merge
 * on their own, so that a line of Chinese or emoji is not one long merge. A Bloom filter over the one or two bytes that a
 * token has on each side of a character's start: its yes may be wrong, its no never.
 */
export class JoinTable {
  readonly #bits = new Uint8Array(1 << (INDEX_BITS - 3));

  /** Takes in the token `bytes[start, end)`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start + 1; at < end; at++) {
      if ((bytes[at] as number) < FIRST_LEAD_BYTE) continue;
      const before = at - start === 1 ? one(bytes, at - 1) : two(bytes, at - 2);
      const after = end - at === 1 ? one(bytes, at) : two(bytes, at);
      const index = indexOf(before, after);
      this.#bits[index >> 3] = (this.#bits[index >> 3] as number) | (1 << (index & 7));
    }
  }

  /** Whether some token may reach over the start of the character at `at`, 0 < at < length − 1, in `bytes[0, length)`. */
  mayJoin(bytes: Uint8Array, at: number): boolean {
    const before = one(bytes, at - 1);
    const after = one(bytes, at);
    const longAfter = two(bytes, at);
    if (this.#has(before, after) || this.#has(before, longAfter)) return true;
    if (at === 1) return false;
    const longBefore = two(bytes, at - 2);
    return this.#has(longBefore, longAfter) || this.#has(longBefore, after);
  }

  #has(before: number, after: number): boolean {
    const index = indexOf(before, after);
    return (((this.#bits[index >> 3] as number) >> (index & 7)) & 1) === 1;
  }
}

function one(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

/** Two bytes as a number that no single byte has. */
function two(bytes: Uint8Array, at: number): number {
  return 0x10000 | ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function indexOf(before: number, after: number): number {
  return Math.imul(Math.imul(before, SPREAD) ^ (after + (before >>> 4)), SPREAD) >>> (32 - INDEX_BITS);
}
