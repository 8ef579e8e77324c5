import { FIRST_LEAD_BYTE } from './join-table.js';
import { mergeLong } from './merge-long.js';
import { SHORT_SPAN_BYTES, mergeShort } from './merge-short.js';
import { PieceBytes } from './piece-bytes.js';
import { CACHED_PIECE_UNITS, PieceCache } from './piece-cache.js';
import type { PieceEnd } from './pieces.js';
import { NO_RANK, type RankTable, hashStep } from './rank-table.js';

/** Scratch memory kept between pieces, in bytes of a piece. */
const KEPT_PIECE_BYTES = 4096;

/** Counts the tokens of texts in one encoding, exactly as OpenAI's tiktoken does (SPEC §6). */
export class TextCounter {
  readonly #ranks: RankTable;
  readonly #pieceEnd: PieceEnd;
  readonly #cache = new PieceCache();
  readonly #piece = new PieceBytes();

  constructor(ranks: RankTable, pieceEnd: PieceEnd) {
    this.#ranks = ranks;
    this.#pieceEnd = pieceEnd;
  }

  /** Tokens of the text; special tokens count as the text they are. Linear, but for n log n in one unbroken piece. */
  count(text: string): number {
    const pieceEnd = this.#pieceEnd;
    let count = 0;
    for (let start = 0; start < text.length;) {
      const end = pieceEnd(text, start);
      count += this.#pieceCount(text, start, end);
      start = end;
    }
    return count;
  }

  #pieceCount(text: string, start: number, end: number): number {
    const length = end - start;
    if (length > CACHED_PIECE_UNITS) return this.#merge(text, start, end);
    let hash = 0;
    let bits = 0;
    for (let index = start; index < end; index++) {
      const unit = text.charCodeAt(index);
      hash = hashStep(hash, unit);
      bits |= unit;
    }
    if (bits < 0x80 && (length === 1 || this.#ranks.hasAscii(text, start, end, hash))) return 1;

    const known = this.#cache.get(text, start, end, hash);
    if (known > 0) return known;
    const count = this.#merge(text, start, end);
    this.#cache.add(text, start, end, hash, count);
    return count;
  }

  #merge(text: string, start: number, end: number): number {
    const piece = this.#piece;
    piece.encode(text, start, end);
    const { bytes, prefixHashes, length } = piece;
    if (length === 1 || this.#ranks.rangeRank(bytes, prefixHashes, 0, length) !== NO_RANK) return 1;
    let count = 0;
    let spanStart = 0;
    for (let at = 1; at < length; at++) {
      if ((bytes[at] as number) < FIRST_LEAD_BYTE || this.#ranks.joins.mayJoin(bytes, at)) continue;
      count += this.#mergeSpan(spanStart, at);
      spanStart = at;
    }
    count += this.#mergeSpan(spanStart, length);
    if (length > KEPT_PIECE_BYTES) piece.release();
    return count;
  }

  #mergeSpan(start: number, end: number): number {
    return end - start <= SHORT_SPAN_BYTES
      ? mergeShort(this.#ranks, this.#piece, start, end)
      : mergeLong(this.#ranks, this.#piece, start, end);
  }
}
