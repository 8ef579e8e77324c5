import { intoUtf8 } from '../utf8.js';

/** UTF-8 bytes of one UTF-16 unit, at most. */
const MOST_BYTES = 3;

/** Bytes written one after the other into one buffer that grows, and that can be used again. */
export class ByteWriter {
  private buffer = new Uint8Array(0);
  private end = 0;

  /** Bytes written. */
  get length(): number {
    return this.end;
  }

  /** Adds bytes, or a text as UTF-8; returns how many bytes that made. */
  add(content: string | Uint8Array): number {
    const from = this.end;
    if (typeof content !== 'string') {
      this.room(content.length);
      this.buffer.set(content, from);
      this.end += content.length;
      return content.length;
    }
    // Most texts have hardly more bytes than units; the others get room for the rest in a second step.
    this.room(content.length);
    const { read, written } = intoUtf8(content, this.buffer.subarray(from));
    this.end += written;
    if (read === content.length) return written;
    const rest = content.slice(read);
    this.room(MOST_BYTES * rest.length);
    this.end += intoUtf8(rest, this.buffer.subarray(this.end)).written;
    return this.end - from;
  }

  /** Makes the length `length`: takes back what was written behind it, or leaves room up to it for the caller to fill. */
  seek(length: number): void {
    this.room(length - this.end);
    this.end = length;
  }

  /** The bytes from `from` to `to` themselves, good until more is added. */
  view(from = 0, to = this.end): Uint8Array {
    return this.buffer.subarray(from, to);
  }

  private room(more: number): void {
    if (this.end + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.end + more, 2 * this.buffer.length));
    larger.set(this.view());
    this.buffer = larger;
  }
}
