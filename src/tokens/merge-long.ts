import type { PieceBytes } from './piece-bytes.js';
import { NO_RANK, type RankTable } from './rank-table.js';

/** A heap key is rank × this + position: lowest rank first, then leftmost. Both fit a double exactly. */
const POSITIONS = 2 ** 32;

/**
 * Tokens of the bytes `[start, end)` of a piece by the same merges as `mergeShort`, for any number of them: a linked list of
 * parts and a heap of the pairs that can merge, with entries that no longer hold left in it until they come up. O(n log n)
 * time, about 30 bytes of memory per byte while it runs.
 */
export function mergeLong(ranks: RankTable, piece: PieceBytes, start: number, end: number): number {
  const bytes = piece.bytes.subarray(start, end);
  const prefixHashes = piece.prefixHashes.subarray(start, end + 1);
  const length = end - start;
  /** Links between parts, by the position of a part's first byte. */
  const next = new Int32Array(length + 1);
  const previous = new Int32Array(length + 1);
  /** Rank of the part at a position with the part after it; NO_RANK also for a position merged away. */
  const pairRanks = new Int32Array(length + 1).fill(NO_RANK);
  const heap = new Float64Array(2 * length);
  let heapSize = 0;
  for (let at = 0; at < length; at++) {
    next[at] = at + 1;
    previous[at] = at - 1;
    if (at + 1 === length) break;
    const rank = ranks.pairRank(bytes[at] as number, bytes[at + 1] as number);
    pairRanks[at] = rank;
    if (rank !== NO_RANK) heap[heapSize++] = rank * POSITIONS + at;
  }
  for (let at = (heapSize >> 1) - 1; at >= 0; at--) siftDown(at, heap[at] as number);

  let parts = length;
  while (heapSize > 0) {
    const key = heap[0] as number;
    const last = heap[--heapSize] as number;
    if (heapSize > 0) siftDown(0, last);
    const rank = Math.floor(key / POSITIONS);
    const at = key - rank * POSITIONS;
    if (pairRanks[at] !== rank) continue;
    const merged = next[at] as number;
    const after = next[merged] as number;
    pairRanks[merged] = NO_RANK;
    next[at] = after;
    if (after < length) previous[after] = at;
    parts--;
    rankPair(at);
    if (at > 0) rankPair(previous[at] as number);
  }
  return parts;

  /** Looks up the part at a position with the part after it, and queues the pair when it can merge. */
  function rankPair(at: number): void {
    const second = next[at] as number;
    const rank = second < length ? ranks.rangeRank(bytes, prefixHashes, at, next[second] as number) : NO_RANK;
    pairRanks[at] = rank;
    if (rank !== NO_RANK) siftUp(heapSize++, rank * POSITIONS + at);
  }

  function siftUp(from: number, key: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentKey = heap[parent] as number;
      if (parentKey <= key) break;
      heap[at] = parentKey;
      at = parent;
    }
    heap[at] = key;
  }

  function siftDown(from: number, key: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heapSize) break;
      if (child + 1 < heapSize && (heap[child + 1] as number) < (heap[child] as number)) child++;
      const childKey = heap[child] as number;
      if (childKey >= key) break;
      heap[at] = childKey;
      at = child;
    }
    heap[at] = key;
  }
}
