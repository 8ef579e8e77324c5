import CRC32 from 'crc-32';

/** CRC-32 (ISO 3309, as zip uses it) of `bytes`, going on from `seed`; unsigned. Hosts may have a faster one. */
export type Crc32 = (bytes: Uint8Array, seed?: number) => number;

export const portableCrc32: Crc32 = (bytes, seed = 0) => CRC32.buf(bytes, seed | 0) >>> 0;
