/** One line of a file, without its line break. */
export interface TextLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** Byte offset of the line after this one: where reading can go on. */
  readonly end: number;
  /** False for a last line without a line break: it may still be growing. */
  readonly whole: boolean;
  /** Why `text` is not what the file holds; undefined when it is. */
  readonly problem?: 'invalid UTF-8' | 'too long';
}

/** A line above this is skipped and reported: no session line is, and memory stays bounded. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a byte stream into lines (LF or CRLF; a byte order mark at the start is dropped) holding at most one line in memory.
 * Feed it with `push`; `rest` gives a last line without a line break.
 */
export class LineCutter {
  private chunks: Uint8Array[] = [];
  private held = 0;
  private overlong = false;
  private number: number;
  private offset: number;
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly lossy = new TextDecoder('utf-8', { ignoreBOM: true });

  /** `from`: where an earlier cutter stopped (`end` and `number` of its last whole line). */
  constructor(
    from: { readonly number: number; readonly end: number } = { number: 0, end: 0 },
    private readonly maxLineBytes = MAX_LINE_BYTES,
  ) {
    this.number = from.number;
    this.offset = from.end;
  }

  *push(bytes: Uint8Array): Generator<TextLine> {
    let start = 0;
    for (;;) {
      const at = bytes.indexOf(LF, start);
      if (at < 0) break;
      this.hold(bytes.subarray(start, at));
      start = at + 1;
      yield this.take(1);
    }
    // Copied: the caller may use its buffer again.
    if (start < bytes.length) this.hold(bytes.slice(start));
  }

  /** The last line when it has no line break; undefined when there is none. */
  rest(): TextLine | undefined {
    return this.held === 0 ? undefined : this.take(0);
  }

  private hold(bytes: Uint8Array): void {
    this.held += bytes.length;
    if (this.held > this.maxLineBytes) {
      this.overlong = true;
      this.chunks = [];
    } else if (bytes.length > 0) {
      this.chunks.push(bytes);
    }
  }

  private take(breakBytes: 0 | 1): TextLine {
    const bytes = this.chunks.length === 1 ? this.chunks[0] : join(this.chunks);
    this.number++;
    this.offset += this.held + breakBytes;
    const line = { number: this.number, end: this.offset, whole: breakBytes === 1 };
    const overlong = this.overlong;
    this.chunks = [];
    this.held = 0;
    this.overlong = false;
    if (overlong) return { ...line, text: '', problem: 'too long' };
    return { ...line, ...this.decode(bytes ?? new Uint8Array()) };
  }

  private decode(bytes: Uint8Array): { text: string; problem?: 'invalid UTF-8' } {
    let from = 0;
    if (this.number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3;
    const to = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
    const body = bytes.subarray(from, to);
    try {
      return { text: this.strict.decode(body) };
    } catch {
      return { text: this.lossy.decode(body), problem: 'invalid UTF-8' };
    }
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
