import { isHigh, isLow, isSurrogate, pairCodePoint } from './char-class.js';
import { hashStep } from './rank-table.js';

/** The UTF-8 bytes of one piece with the hash of every prefix. Reused from piece to piece. */
export class PieceBytes {
  bytes = new Uint8Array(0);
  /** Entry n is the hash of the first n bytes. */
  prefixHashes = new Int32Array(1);
  length = 0;

  /** Encodes `text[start, end)`; a lone surrogate as U+FFFD, as every UTF-8 encoder does. */
  encode(text: string, start: number, end: number): void {
    const capacity = (end - start) * 3;
    if (this.bytes.length < capacity) {
      this.bytes = new Uint8Array(capacity);
      this.prefixHashes = new Int32Array(capacity + 1);
    }
    this.length = 0;
    for (let index = start; index < end; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 0x80) this.#push(unit);
      else if (unit < 0x800) {
        this.#push(0xc0 | (unit >> 6));
        this.#push(0x80 | (unit & 0x3f));
      } else if (!isSurrogate(unit)) this.#pushThree(unit);
      else if (isHigh(unit) && index + 1 < end && isLow(text.charCodeAt(index + 1))) {
        const codePoint = pairCodePoint(unit, text.charCodeAt(++index));
        this.#push(0xf0 | (codePoint >> 18));
        this.#push(0x80 | ((codePoint >> 12) & 0x3f));
        this.#push(0x80 | ((codePoint >> 6) & 0x3f));
        this.#push(0x80 | (codePoint & 0x3f));
      } else this.#pushThree(0xfffd);
    }
  }

  /** Gives back the memory of an unusually long piece. */
  release(): void {
    this.bytes = new Uint8Array(0);
    this.prefixHashes = new Int32Array(1);
  }

  #pushThree(unit: number): void {
    this.#push(0xe0 | (unit >> 12));
    this.#push(0x80 | ((unit >> 6) & 0x3f));
    this.#push(0x80 | (unit & 0x3f));
  }

  #push(byte: number): void {
    const at = this.length++;
    this.bytes[at] = byte;
    this.prefixHashes[at + 1] = hashStep(this.prefixHashes[at] as number, byte);
  }
}
