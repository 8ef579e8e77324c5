import { readLine, readTranscript } from '../../../src/transcripts/read.js';
import type {
  CallEvent,
  CommitEvent,
  LineReader,
  TranscriptEvent,
  TranscriptFormat,
} from '../../../src/transcripts/events.js';
import { LineCutter } from '../../../src/transcripts/lines.js';

export interface Read {
  readonly events: readonly TranscriptEvent[];
  readonly format: TranscriptFormat;
  readonly pending: number;
}

export async function read(text: string | Uint8Array, format?: TranscriptFormat, pieceBytes = 7): Promise<Read> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const events: TranscriptEvent[] = [];
  let last: Read | undefined;
  for await (const step of readTranscript(pieces(bytes, pieceBytes), format === undefined ? {} : { format })) {
    events.push(...step.events);
    last = { events, format: step.format, pending: step.pending };
  }
  if (last === undefined) throw new Error('nothing was read');
  return last;
}

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** All events of a reader for these lines, without settling. */
export function feed(reader: LineReader, lines: readonly string[], sink: (event: TranscriptEvent) => void): void {
  const cutter = new LineCutter();
  for (const line of cutter.push(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')))) {
    readLine(reader, line, sink);
  }
}

export function commits(events: readonly TranscriptEvent[], session?: string): readonly CommitEvent[] {
  return events.filter(
    (event): event is CommitEvent => event.kind === 'commit' && (session === undefined || event.session === session),
  );
}

/** The last word on each call. */
export function calls(events: readonly TranscriptEvent[]): readonly CallEvent[] {
  const last = new Map<string, CallEvent>();
  for (const event of events) if (event.kind === 'call') last.set(`${event.session} ${event.id}`, event);
  return [...last.values()];
}

/** One word a commit: what it is, for comparing orders. */
export function brief(event: CommitEvent): string {
  const { content } = event;
  const value = (key: string): string => {
    const found = content[key];
    return typeof found === 'string' ? found : JSON.stringify(found);
  };
  if (event.operation === 'annotate') return `skip ${event.target ?? ''}`;
  if (event.operation === 'compress') return `compress ${event.sources.join(',')}: ${value('text')}`;
  const edit = event.operation === 'edit' ? `edit ${event.target ?? ''} ` : '';
  const type = value('content_type');
  switch (type) {
    case 'dialogue':
      return `${edit}${value('role')}: ${value('text')}`;
    case 'tool_io':
      return `${value('direction')} ${value('tool_name')} ${value('payload')}`;
    case 'reasoning':
      return `${edit}reasoning: ${value('text')}`;
    case 'artifact':
      return `file: ${value('content')}`;
    default:
      return JSON.stringify(content);
  }
}

export function briefs(events: readonly TranscriptEvent[], session?: string): readonly string[] {
  return commits(events, session).map(brief);
}

export function skips(events: readonly TranscriptEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'skip' ? [`${event.line} ${event.type}: ${event.reason}`] : []));
}
