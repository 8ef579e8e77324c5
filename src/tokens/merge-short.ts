import type { PieceBytes } from './piece-bytes.js';
import { NO_RANK, type RankTable } from './rank-table.js';

/** Up to this many bytes the array merge is faster than the heap. */
export const SHORT_PIECE_BYTES = 100;

const starts = new Int32Array(SHORT_PIECE_BYTES + 1);
/** `pairRanks[n]`: rank of parts n and n + 1 as one token. */
const pairRanks = new Int32Array(SHORT_PIECE_BYTES + 1);

/** Tokens of a piece of 2 … SHORT_PIECE_BYTES bytes: merges the pair of lowest rank, leftmost first, until none is left. O(n²). */
export function mergeShort(ranks: RankTable, piece: PieceBytes): number {
  const { bytes, prefixHashes } = piece;
  let parts = piece.length;
  for (let n = 0; n < parts; n++) {
    starts[n] = n;
    pairRanks[n] = n + 1 < parts ? ranks.pairRank(bytes[n] as number, bytes[n + 1] as number) : NO_RANK;
  }
  starts[parts] = parts;
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
    pairRanks[at] = rankOfPair(at);
    if (at > 0) pairRanks[at - 1] = rankOfPair(at - 1);
  }

  function rankOfPair(first: number): number {
    if (first + 2 > parts) return NO_RANK;
    return ranks.rangeRank(bytes, prefixHashes, starts[first] as number, starts[first + 2] as number);
  }
}
