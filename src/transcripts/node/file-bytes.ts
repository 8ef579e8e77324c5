import { open } from 'node:fs/promises';

/** Bytes read at a time: what is in them is worked through without a turn for anything else. */
const PIECE = 128 * 1024;

/**
 * A file's bytes, from `start` on, in pieces. All of them are read into one buffer, so a piece holds until the next one is asked for:
 * fresh buffers for each make a large file's bytes garbage faster than they are collected.
 */
export async function* fileBytes(path: string, start = 0): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(PIECE);
    for (let at = start; ;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
