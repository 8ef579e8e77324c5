import type { PieceBytes } from './piece-bytes.js';
import { NO_RANK, type RankTable } from './rank-table.js';

/** Up to this many bytes the array merge is faster than the heap. */
export const SHORT_SPAN_BYTES = 100;

const starts = new Int32Array(SHORT_SPAN_BYTES + 1);
/** `pairRanks[n]`: rank of parts n and n + 1 as one token. */
const pairRanks = new Int32Array(SHORT_SPAN_BYTES + 1);

/**
 * Tokens of the bytes `[start, end)` of a piece, 1 … SHORT_SPAN_BYTES of them: merges the pair of lowest rank, leftmost
 * first, until no pair is a token. O(n²).
 */
export function mergeShort(ranks: RankTable, piece: PieceBytes, start: number, end: number): number {
  const { bytes, prefixHashes } = piece;
  let parts = end - start;
  for (let n = 0; n < parts - 1; n++) {
    starts[n] = start + n;
    pairRanks[n] = ranks.pairRank(bytes[start + n] as number, bytes[start + n + 1] as number);
  }
  starts[parts - 1] = end - 1;
  starts[parts] = end;
  pairRanks[parts - 1] = NO_RANK;
  for (;;) {
    let lowest = NO_RANK;
    let at = 0;
    for (let n = 0; n < parts - 1; n++) {
      const rank = pairRanks[n] as number;
      if (rank < lowest) {
        lowest = rank;
        at = n;
      }
    }
    if (lowest === NO_RANK) return parts;
    parts--;
    for (let n = at + 1; n <= parts; n++) {
      starts[n] = starts[n + 1] as number;
      pairRanks[n] = pairRanks[n + 1] as number;
    }
    const from = starts[at] as number;
    pairRanks[at] = at + 1 < parts ? ranks.rangeRank(bytes, prefixHashes, from, starts[at + 2] as number) : NO_RANK;
    if (at > 0) {
      const before = starts[at - 1] as number;
      pairRanks[at - 1] = ranks.rangeRank(bytes, prefixHashes, before, starts[at + 1] as number);
    }
  }
}
