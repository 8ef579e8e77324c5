import { TractError } from '../core/model/errors.js';

/** The file is in none of the formats of SPEC §14, or not in the one that was named. Nothing was imported. */
export class UnknownTranscriptError extends TractError {
  readonly code = 'UNKNOWN_TRANSCRIPT';
}

/** A transcript that is one document is too large to be held in memory. Nothing was imported. */
export class TranscriptTooLargeError extends TractError {
  readonly code = 'TRANSCRIPT_TOO_LARGE';
}

/** A transcript's path is no file that can be read. Nothing was imported. */
export class TranscriptFileError extends TractError {
  readonly code = 'TRANSCRIPT_FILE';
}
