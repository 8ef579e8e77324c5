import { TractError } from '../core/model/errors.js';
import { cl100kPieceEnd, o200kPieceEnd, type PieceEnd } from './pieces.js';

/** An encoding Tract has the ranks of. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

export const DEFAULT_ENCODING: EncodingName = 'o200k_base';

/** How each encoding cuts text into pieces; the keys are the known encodings. */
export const PIECE_ENDS: Readonly<Record<EncodingName, PieceEnd>> = {
  o200k_base: o200kPieceEnd,
  cl100k_base: cl100kPieceEnd,
};

export const ENCODINGS = Object.keys(PIECE_ENDS) as readonly EncodingName[];

/** An encoding that Tract has no ranks for. Nothing was counted. */
export class UnknownEncodingError extends TractError {
  readonly code = 'UNKNOWN_ENCODING';

  constructor(readonly encoding: string) {
    super(`Unknown encoding "${encoding}". Choose one of: ${ENCODINGS.join(', ')}.`);
  }
}

export function isEncodingName(name: string): name is EncodingName {
  return Object.hasOwn(PIECE_ENDS, name);
}

/** @throws UnknownEncodingError */
export function toEncodingName(name: string): EncodingName {
  if (!isEncodingName(name)) throw new UnknownEncodingError(name);
  return name;
}
