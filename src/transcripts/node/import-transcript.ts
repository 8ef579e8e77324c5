import { InvalidArgumentError } from '../../core/model/errors.js';
import { TRANSCRIPT_FORMATS } from '../events.js';
import { importTranscriptFiles, type ImportOptions, type ImportReport } from '../import.js';
import { sessionFiles } from './session-files.js';

/**
 * Imports a transcript from a path, with the files of its sub-agents, or from a stream of bytes or text (SPEC §14, Annex B.15).
 *
 * @throws InvalidArgumentError, TranscriptFileError, UnknownTranscriptError, TranscriptTooLargeError before anything is written; StoreLockedError; the
 *   signal's reason, after what was read so far was imported.
 */
export async function importTranscript(
  pathOrStream: string | AsyncIterable<Uint8Array | string>,
  options: ImportOptions,
): Promise<ImportReport> {
  checkArguments(pathOrStream, options);
  if (typeof pathOrStream === 'string') return importTranscriptFiles(await sessionFiles(pathOrStream), options);
  return importTranscriptFiles({ main: bytesOf(pathOrStream) }, options);
}

/** For callers without types. */
function checkArguments(source: unknown, options: unknown): void {
  if (typeof source !== 'string' && !(isObject(source) && Symbol.asyncIterator in source))
    throw new InvalidArgumentError('A transcript is a path or a stream (an async iterable). Nothing was imported.');
  if (!isObject(options) || !('store' in options) || !isObject(options.store))
    throw new InvalidArgumentError('importTranscript needs {store}: what openStore() gave. Nothing was imported.');
  const format = 'format' in options ? options.format : undefined;
  if (format !== undefined && !(TRANSCRIPT_FORMATS as readonly unknown[]).includes(format))
    throw new InvalidArgumentError(
      `That is no format of a transcript. Use ${TRANSCRIPT_FORMATS.join(', ')}. Nothing was imported.`,
    );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

async function* bytesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  // Half a character at the end of a piece waits for its other half.
  let half = '';
  for await (const piece of stream) {
    if (typeof piece !== 'string') {
      yield piece;
      continue;
    }
    const text = half + piece;
    half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
    yield encoder.encode(text.slice(0, text.length - half.length));
  }
  if (half !== '') yield encoder.encode(half);
}
