import { importTranscriptFiles, type ImportOptions, type ImportReport } from '../import.js';
import { sessionFiles } from './session-files.js';

/**
 * Imports a transcript from a path, with the files of its sub-agents, or from a stream of bytes or text (SPEC §14, Annex B.15).
 *
 * @throws TranscriptFileError, UnknownTranscriptError, TranscriptTooLargeError before anything is written; StoreLockedError; the
 *   signal's reason, after what was read so far was imported.
 */
export async function importTranscript(
  pathOrStream: string | AsyncIterable<Uint8Array | string>,
  options: ImportOptions,
): Promise<ImportReport> {
  if (typeof pathOrStream === 'string') return importTranscriptFiles(await sessionFiles(pathOrStream), options);
  return importTranscriptFiles({ main: bytesOf(pathOrStream) }, options);
}

async function* bytesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of stream) yield typeof piece === 'string' ? encoder.encode(piece) : piece;
}
