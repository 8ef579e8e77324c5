import { fromUtf8, utf8 } from '../utf8.js';
import { ByteWriter } from './byte-writer.js';
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

/** What frames are made in; free to be used for the next one when a frame is written. */
export class FrameBuffers {
  readonly frame = new ByteWriter();
  readonly meta = new ByteWriter();
}

/** Collects what one frame will hold, in the bytes that are written. */
export class FrameBuilder {
  constructor(
    readonly file: number,
    /** Where the frame will lie in `file`. */
    readonly start: number,
    private readonly crc32: Crc32,
    private readonly buffers = new FrameBuffers(),
  ) {
    buffers.frame.seek(FRAME_HEADER);
    buffers.meta.seek(0);
  }

  get isEmpty(): boolean {
    return this.buffers.meta.length === 0;
  }

  /** Bytes of contents collected so far. */
  get size(): number {
    return this.buffers.frame.length - FRAME_HEADER;
  }

  /** Adds a content, a text or its bytes; its place is final unless {@link rewind} takes it back. */
  content(contentHash: string, content: string | Uint8Array): ContentPlace {
    const { frame } = this.buffers;
    const from = frame.length;
    const bytes = frame.add(content);
    return { contentHash, file: this.file, offset: this.start + from, bytes, crc: this.crc32(frame.view(from)) };
  }

  mark(): number {
    return this.buffers.frame.length;
  }

  rewind(mark: number): void {
    this.buffers.frame.seek(mark);
  }

  changes(changes: readonly PlacedChange[]): void {
    const { meta } = this.buffers;
    for (const change of changes) {
      meta.add(meta.length === 0 ? '[' : ',');
      meta.add(JSON.stringify(this.logged(change)));
    }
  }

  /** The frame's bytes, in its buffers. Nothing can be added any more. */
  finish(seq: number, previousCrc: number): { readonly bytes: Uint8Array; readonly crc: number } {
    const { frame, meta } = this.buffers;
    const contentBytes = this.size;
    meta.add(this.isEmpty ? '[]' : ']');
    frame.add(meta.view());
    const bytes = frame.view();
    const view = viewOf(bytes);
    bytes.set(MARKER);
    view.setUint32(8, seq % HIGH, true);
    view.setUint32(12, Math.floor(seq / HIGH), true);
    view.setUint32(16, contentBytes, true);
    view.setUint32(20, meta.length, true);
    view.setUint32(24, previousCrc, true);
    const crc = this.crc32(bytes.subarray(FRAME_HEADER), this.crc32(bytes.subarray(8, 28)));
    view.setUint32(28, crc, true);
    return { bytes, crc };
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
