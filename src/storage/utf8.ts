const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Writes as much of a text as there is room for: UTF-16 units read, bytes written. */
export function intoUtf8(text: string, bytes: Uint8Array): { readonly read: number; readonly written: number } {
  return encoder.encodeInto(text, bytes);
}

/** @throws TypeError when the bytes are no UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Code point order, which is the order of UTF-8 bytes and of SQLite's BINARY collation; `<` on strings is not. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const xSurrogate = x >= 0xd800 && x < 0xe000;
      const ySurrogate = y >= 0xd800 && y < 0xe000;
      // Surrogates stand for code points above every other unit.
      return xSurrogate === ySurrogate ? x - y : xSurrogate ? 1 : -1;
    }
  }
  return a.length - b.length;
}
