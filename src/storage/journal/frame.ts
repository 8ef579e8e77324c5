import { fromUtf8, intoUtf8, utf8 } from '../utf8.js';
import type { Crc32 } from './crc.js';
import type { ContentPlace, PlacedChange } from './place.js';

/*
 * A log file is a header and frames; a frame is one group of batches, written and made durable as one.
 *
 *   file header   magic 8 · format u32 · file number u32 · crc of those u32 · 12 × 0
 *   frame header  marker 8 · seq u64 · content bytes u32 · meta bytes u32 · crc of the frame before u32 · crc u32
 *   frame         header · contents, one after the other as UTF-8 · meta: the changes as JSON
 *
 * All numbers little-endian. A frame's crc covers its header from `seq` on and everything behind it. Contents come first, so that
 * their place is known before the meta that names it is complete.
 */
export const FILE_HEADER = 32;
export const FRAME_HEADER = 32;
const FILE_MAGIC = utf8('TRACTLOG');
/** 0xFF occurs in no UTF-8 text, so that nothing a person commits can look like the start of a frame. */
const MARKER = Uint8Array.of(0xff, 0x54, 0x52, 0x46, 0x52, 0x4d, 0x31, 0xff);
const HIGH = 2 ** 32;
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MOST_BYTES = 3;

/** A content in the meta of a frame: hash, offset from the frame's start, bytes, CRC. */
type LoggedContent = readonly [hash: string, offset: number, bytes: number, crc: number];
/** `moved`: the content was copied here from another place, which is no longer needed. */
type Logged =
  | Exclude<PlacedChange, { kind: 'content' | 'moved' }>
  | { readonly kind: 'content' | 'moved'; readonly held: LoggedContent };

export interface Frame {
  readonly seq: number;
  readonly crc: number;
  readonly previousCrc: number;
  /** Offset of the frame in its file, and just behind it. */
  readonly start: number;
  readonly end: number;
  /** Decodes the changes; throws when the meta is no JSON, which a right CRC rules out but for a writer's fault. */
  changes(): readonly PlacedChange[];
}

export function fileHeader(format: number, file: number, crc32: Crc32): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER);
  const view = new DataView(bytes.buffer);
  bytes.set(FILE_MAGIC);
  view.setUint32(8, format, true);
  view.setUint32(12, file, true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
  return bytes;
}

/** The format version of a log file; undefined when the header is not whole. */
export function readFileHeader(bytes: Uint8Array, file: number, crc32: Crc32): number | undefined {
  if (bytes.length < FILE_HEADER || !startsWith(bytes, FILE_MAGIC, 0)) return undefined;
  const view = viewOf(bytes);
  const whole = view.getUint32(16, true) === crc32(bytes.subarray(0, 16)) && view.getUint32(12, true) === file;
  return whole ? view.getUint32(8, true) : undefined;
}

/** Collects what one frame will hold, in the bytes that are written. */
export class FrameBuilder {
  private contentBytes = 0;
  private readonly meta: string[] = [];

  /**
   * @param start where the frame will lie in `file`
   * @param buffer to be used; where it is too small, a larger one takes its place
   */
  constructor(
    readonly file: number,
    readonly start: number,
    private readonly crc32: Crc32,
    private buffer: Uint8Array = new Uint8Array(0),
  ) {}

  get isEmpty(): boolean {
    return this.meta.length === 0;
  }

  /** Bytes collected so far. */
  get size(): number {
    return this.contentBytes;
  }

  /** Adds a content, a text or its bytes; its place is final unless {@link rewind} takes it back. */
  content(contentHash: string, content: string | Uint8Array): ContentPlace {
    const from = FRAME_HEADER + this.contentBytes;
    const length = this.add(from, content);
    this.contentBytes += length;
    const crc = this.crc32(this.buffer.subarray(from, from + length));
    return { contentHash, file: this.file, offset: this.start + from, bytes: length, crc };
  }

  mark(): number {
    return this.contentBytes;
  }

  rewind(mark: number): void {
    this.contentBytes = mark;
  }

  changes(changes: readonly PlacedChange[]): void {
    for (const change of changes) this.meta.push(JSON.stringify(this.logged(change)));
  }

  /** The frame's bytes. Nothing can be added any more. */
  finish(seq: number, previousCrc: number): { readonly bytes: Uint8Array; readonly crc: number } {
    const from = FRAME_HEADER + this.contentBytes;
    const metaBytes = this.add(from, `[${this.meta.join(',')}]`);
    const bytes = this.buffer.subarray(0, from + metaBytes);
    const view = viewOf(bytes);
    bytes.set(MARKER);
    view.setUint32(8, seq % HIGH, true);
    view.setUint32(12, Math.floor(seq / HIGH), true);
    view.setUint32(16, this.contentBytes, true);
    view.setUint32(20, metaBytes, true);
    view.setUint32(24, previousCrc, true);
    const crc = this.crc32(bytes.subarray(FRAME_HEADER), this.crc32(bytes.subarray(8, 28)));
    view.setUint32(28, crc, true);
    return { bytes, crc };
  }

  /** Puts a text or bytes at `from` and returns how many bytes it took. */
  private add(from: number, content: string | Uint8Array): number {
    if (typeof content !== 'string') {
      this.room(from + content.length);
      this.buffer.set(content, from);
      return content.length;
    }
    // Most texts have hardly more bytes than units; the others take the rest in a second step.
    this.room(from + content.length);
    const { read, written } = intoUtf8(content, this.buffer.subarray(from));
    if (read === content.length) return written;
    this.room(from + written + MOST_BYTES * (content.length - read));
    return written + intoUtf8(content.slice(read), this.buffer.subarray(from + written)).written;
  }

  private room(length: number): void {
    if (length <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.buffer.length));
    larger.set(this.buffer);
    this.buffer = larger;
  }

  private logged(change: PlacedChange): Logged {
    if (!('place' in change)) return change;
    const { contentHash, offset, bytes, crc } = change.place;
    return { kind: change.kind, held: [contentHash, offset - this.start, bytes, crc] };
  }
}

/**
 * The frame at `at` in `bytes`, which were read from `base` on in log `file`; undefined when there is no whole, right one.
 */
export function readFrame(bytes: Uint8Array, at: number, base: number, file: number, crc32: Crc32): Frame | undefined {
  if (at + FRAME_HEADER > bytes.length || !startsWith(bytes, MARKER, at)) return undefined;
  const view = viewOf(bytes);
  const contentBytes = view.getUint32(at + 16, true);
  const metaStart = at + FRAME_HEADER + contentBytes;
  const end = metaStart + view.getUint32(at + 20, true);
  if (end > bytes.length) return undefined;
  const crc = view.getUint32(at + 28, true);
  const actual = crc32(bytes.subarray(at + FRAME_HEADER, end), crc32(bytes.subarray(at + 8, at + 28)));
  if (actual !== crc) return undefined;
  const start = base + at;
  return {
    seq: view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * HIGH,
    crc,
    previousCrc: view.getUint32(at + 24, true),
    start,
    end: base + end,
    changes: () =>
      (JSON.parse(fromUtf8(bytes.subarray(metaStart, end))) as Logged[]).map((one) => placed(one, file, start)),
  };
}

/** Offset of the next marker at or behind `from`, or -1. */
export function findMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MARKER[0] ?? 0, from); at >= 0; at = bytes.indexOf(MARKER[0] ?? 0, at + 1)) {
    if (startsWith(bytes, MARKER, at)) return at;
  }
  return -1;
}

function placed(logged: Logged, file: number, start: number): PlacedChange {
  if (!('held' in logged)) return logged;
  const [contentHash, offset, bytes, crc] = logged.held;
  return { kind: logged.kind, place: { contentHash, file, offset: start + offset, bytes, crc } };
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return at + wanted.length <= bytes.length && wanted.every((byte, i) => bytes[at + i] === byte);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
