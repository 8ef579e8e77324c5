import { TranscriptTooLargeError, UnknownTranscriptError } from './errors.js';
import type { LineReader, Sink, TranscriptEvent, TranscriptFormat } from './events.js';
import { PROBE_BYTES, detectFormat, documentFormat, type Detected } from './format.js';
import { parseJson } from './json.js';
import { LineCutter, type TextLine } from './lines.js';
import { readAnthropic } from './readers/anthropic.js';
import { isChatLog, replayChatLog } from './readers/chat-log.js';
import { ClaudeCodeReader, type ClaudeCodeOptions } from './readers/claude-code.js';
import { CodexReader } from './readers/codex.js';
import { readMarkdown } from './readers/markdown.js';
import { OpenAILinesReader } from './readers/openai-lines.js';
import { readOpenAIResponses } from './readers/openai-responses.js';
import { readOpenAI } from './readers/openai.js';
import { readVSCodeChat } from './readers/vscode-chat.js';

/** The bytes of a transcript, in pieces of any size. A piece holds until the next one is asked for. */
export type TranscriptSource = AsyncIterable<Uint8Array>;

export interface ReadOptions {
  /** Taken at its word; without it the beginning of the file decides. */
  readonly format?: TranscriptFormat;
  readonly signal?: AbortSignal;
  readonly claudeCode?: ClaudeCodeOptions;
}

/** What one piece of the file gave. */
export interface ReadStep {
  readonly events: readonly TranscriptEvent[];
  readonly format: TranscriptFormat;
  /** Bytes read so far. */
  readonly bytes: number;
  /** Lines whose place is not certain yet (Annex B.8). */
  readonly pending: number;
}

/** A transcript that is one document must fit into memory. */
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

const UNKNOWN =
  'This file is no transcript that Tract knows (Claude Code, Codex, OpenAI, Anthropic, VS Code chat or Markdown), or it is damaged. Nothing was imported.';

const DOCUMENT_READERS: Readonly<Record<TranscriptFormat, ((document: unknown, sink: Sink) => void) | undefined>> = {
  'claude-code': undefined,
  codex: undefined,
  openai: readOpenAI,
  'openai-responses': readOpenAIResponses,
  anthropic: readAnthropic,
  'vscode-chat': readVSCodeChat,
  markdown: (document, sink) => {
    if (typeof document === 'string') readMarkdown(document, sink);
  },
};

/**
 * Reads a transcript of any format of SPEC §14 into events: line formats in bounded memory, one step for each piece of the file.
 *
 * @throws UnknownTranscriptError when the file is none of our formats, before any event.
 * @throws TranscriptTooLargeError for a single document above `MAX_DOCUMENT_BYTES`.
 * @throws the signal's reason when it is aborted, between two steps.
 */
export async function* readTranscript(source: TranscriptSource, options: ReadOptions = {}): AsyncGenerator<ReadStep> {
  const pieces = source[Symbol.asyncIterator]();
  try {
    const head = await readHead(pieces, options.signal);
    const detected = howToRead(head, options.format);
    if (detected !== 'document' && detected.by === 'lines') yield* readLines(head, pieces, detected.format, options);
    else yield await readDocument(head, pieces, detected, options);
  } finally {
    await pieces.return?.();
  }
}

/** The reader of a line format. */
export function lineReader(format: TranscriptFormat, sink: Sink, claudeCode: ClaudeCodeOptions = {}): LineReader {
  if (format === 'claude-code') return new ClaudeCodeReader(sink, claudeCode);
  if (format === 'codex') return new CodexReader(sink);
  return new OpenAILinesReader(sink, format === 'anthropic' ? 'anthropic' : 'openai');
}

/** Passes one line to its reader: broken lines are reported, never fatal; a broken last line may still be growing. */
export function readLine(reader: LineReader, line: TextLine, sink: Sink): void {
  const skip = (reason: string): void => {
    sink({ kind: 'skip', line: line.number, type: 'line', reason });
  };
  if (line.problem === 'too long') {
    skip('longer than 64 MiB');
    return;
  }
  if (line.text.trim() === '') return;
  if (line.problem === 'invalid UTF-8') skip('invalid UTF-8 was replaced by U+FFFD');
  try {
    reader.line(line.text, line.number);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    skip(line.whole ? 'not JSON' : 'the last line is not complete');
  }
}

interface Head {
  readonly pieces: readonly Uint8Array[];
  readonly text: string;
  readonly isWhole: boolean;
}

async function readHead(pieces: AsyncIterator<Uint8Array>, signal: AbortSignal | undefined): Promise<Head> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  let isWhole = false;
  while (bytes < PROBE_BYTES && !isWhole) {
    signal?.throwIfAborted();
    const next = await pieces.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    read.push(next.value.slice());
    bytes += next.value.length;
  }
  const decoder = new TextDecoder();
  let text = '';
  for (const piece of read) {
    text += decoder.decode(piece.subarray(0, Math.max(0, PROBE_BYTES - text.length)), { stream: true });
  }
  return { pieces: read, text, isWhole };
}

function howToRead(head: Head, format: TranscriptFormat | undefined): Detected | 'document' {
  const detected = detectFormat(head.text, head.isWhole);
  if (format === undefined) {
    if (detected !== undefined) return detected;
    throw new UnknownTranscriptError(UNKNOWN);
  }
  if (format === 'claude-code' || format === 'codex') return { format, by: 'lines' };
  const isLines = detected !== undefined && detected !== 'document' && detected.by === 'lines';
  return {
    format,
    by: isLines && DOCUMENT_READERS[format] !== readMarkdown && format !== 'markdown' ? 'lines' : 'document',
  };
}

async function* readLines(
  head: Head,
  pieces: AsyncIterator<Uint8Array>,
  format: TranscriptFormat,
  options: ReadOptions,
): AsyncGenerator<ReadStep> {
  let events: TranscriptEvent[] = [];
  const sink: Sink = (event) => events.push(event);
  const reader = lineReader(format, sink, options.claudeCode);
  const cutter = new LineCutter();
  let bytes = 0;
  for await (const piece of all(head.pieces, pieces)) {
    options.signal?.throwIfAborted();
    bytes += piece.length;
    for (const line of cutter.push(piece)) readLine(reader, line, sink);
    yield { events, format, bytes, pending: reader.pending() };
    events = [];
  }
  const last = cutter.rest();
  if (last !== undefined) readLine(reader, last, sink);
  reader.settle();
  yield { events, format, bytes, pending: reader.pending() };
}

async function readDocument(
  head: Head,
  pieces: AsyncIterator<Uint8Array>,
  detected: Detected | 'document',
  options: ReadOptions,
): Promise<ReadStep> {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let bytes = 0;
  for await (const piece of all(head.pieces, pieces)) {
    options.signal?.throwIfAborted();
    bytes += piece.length;
    if (bytes > MAX_DOCUMENT_BYTES) {
      throw new TranscriptTooLargeError('This transcript is one document of more than 256 MiB. Nothing was imported.');
    }
    texts.push(decoder.decode(piece, { stream: true }));
  }
  texts.push(decoder.decode());
  const events: TranscriptEvent[] = [];
  const sink: Sink = (event) => events.push(event);
  const text = texts.join('');
  const format = detected === 'document' ? undefined : detected.format;
  const document = format === 'markdown' ? text : parseDocument(text, sink);
  const found = format ?? documentFormat(document);
  const read = found === undefined ? undefined : DOCUMENT_READERS[found];
  if (found === undefined || read === undefined) {
    throw new UnknownTranscriptError(UNKNOWN);
  }
  read(document, sink);
  return { events, format: found, bytes, pending: 0 };
}

function parseDocument(source: string, sink: Sink): unknown {
  const text = source.replace(/^\uFEFF/, '');
  if (isChatLog(text)) {
    return replayChatLog(text, (line, reason) => {
      sink({ kind: 'skip', line, type: 'line', reason });
    });
  }
  try {
    const { value, repaired } = parseJson(text);
    if (repaired) sink({ kind: 'skip', line: 1, type: 'document', reason: 'lone surrogates were replaced by U+FFFD' });
    return value;
  } catch (error) {
    throw new UnknownTranscriptError('This file begins like JSON but is broken. Nothing was imported.', {
      cause: error,
    });
  }
}

async function* all(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
