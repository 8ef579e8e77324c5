import type { Crc32 } from './crc.js';
import type { Frame } from './frame.js';
import { findMarker, readFrame } from './frame.js';

export interface LogScan {
  readonly frames: readonly Frame[];
  /** Just behind the last whole frame. */
  readonly end: number;
  /** Bytes behind `end`: a write that a crash cut off, never acknowledged. */
  readonly tornBytes: number;
  /** Stretches before `end` that are no frames: acknowledged once, damaged since. */
  readonly damaged: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Reads the frames in `bytes`, which begin at `base` in log `file`. One frame at most is unsynced at any time, so what follows the
 * last whole frame is a torn write; broken bytes with a whole frame behind them are damage. O(bytes).
 */
export function scanLog(bytes: Uint8Array, base: number, file: number, crc32: Crc32): LogScan {
  const frames: Frame[] = [];
  const damaged: { from: number; to: number }[] = [];
  let at = 0;
  while (at < bytes.length) {
    let frame = readFrame(bytes, at, base, file, crc32);
    for (let next = at; frame === undefined;) {
      next = findMarker(bytes, next + 1);
      if (next < 0) break;
      frame = readFrame(bytes, next, base, file, crc32);
    }
    if (frame === undefined) break;
    if (frame.start > base + at) damaged.push({ from: base + at, to: frame.start });
    frames.push(frame);
    at = frame.end - base;
  }
  return { frames, end: base + at, tornBytes: bytes.length - at, damaged };
}
