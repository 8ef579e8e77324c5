import { TractError } from '../core/model/errors.js';
import type { TokenUsage } from '../core/model/usage.js';
import type { Store } from '../core/store.js';
import type { TranscriptFormat } from './events.js';
import { sumTallies, type ImportSession, type Tally } from './import-session.js';
import { Importer, type Skipped } from './importer.js';
import type { AgentStarts } from './readers/claude-code.js';
import { readTranscript, type ReadOptions, type TranscriptSource } from './read.js';

export interface ImportProgress {
  /** Bytes read of `totalBytes`; the total is null for a stream. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Commits that are durable. */
  readonly commits: number;
  readonly calls: number;
}

export interface ImportOptions {
  readonly store: Store;
  /** Taken at its word; without it the beginning of the file decides. */
  readonly format?: TranscriptFormat;
  /** What was read until it is aborted stays imported, and can be gone on from. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** The file of a sub-agent, beside the session that started it. */
export interface AgentFile {
  readonly agentId: string;
  open(): TranscriptSource;
}

/** What a session is read from. */
export interface TranscriptFiles {
  readonly main: TranscriptSource;
  readonly agents?: readonly AgentFile[];
  /** The session's id, for sub-agents' files whose lines do not say. */
  readonly session?: string;
  /** Of all files; null when not known. */
  readonly totalBytes?: number | null;
}

/** What an import brought (SPEC Annex B.15). The figures are those of the transcript itself; its sub-agents have their own. */
export interface ImportReport {
  /** Ids of the tracts: the conversations of the file, then their sub-agents. */
  readonly tracts: readonly string[];
  readonly format: TranscriptFormat;
  /** What was not in the store before. */
  readonly added: { readonly commits: number; readonly records: number };
  /** Model calls, each once. */
  readonly calls: number;
  readonly toolCalls: number;
  readonly toolResults: number;
  /** The calls' reported usage, summed. */
  readonly usage: TokenUsage;
  /** Lines and parts that are not in the history, or not as they were written. */
  readonly skipped: readonly Skipped[];
  /** Lines whose place is not certain yet: they come with what follows them (Annex B.8). */
  readonly pending: number;
  readonly agents: readonly AgentReport[];
}

export interface AgentReport extends Pick<
  ImportReport,
  'added' | 'calls' | 'toolCalls' | 'toolResults' | 'usage' | 'skipped'
> {
  readonly tractId: string;
  readonly agentId: string;
}

/**
 * Imports a transcript into a store (SPEC §14): bounded memory, atomic batches, and the same hashes however often, or in however
 * many parts, it is imported.
 *
 * @throws UnknownTranscriptError and TranscriptTooLargeError before anything is written; StoreLockedError; the signal's reason.
 */
export async function importTranscriptFiles(files: TranscriptFiles, options: ImportOptions): Promise<ImportReport> {
  const importer = new Importer(options.store, 'import');
  const agents = files.agents ?? [];
  const agentsElsewhere = new Set(agents.map(({ agentId }) => agentId));
  const starts: AgentStarts = new Map();
  const claudeCode = { agentsElsewhere, starts, ...(files.session === undefined ? {} : { session: files.session }) };
  const progress = new Progress(importer, files.totalBytes ?? null, options.onProgress);
  const base: ReadOptions = options.signal === undefined ? {} : { signal: options.signal };
  const skippedByAgent = new Map<string, readonly Skipped[]>();
  try {
    const format = options.format === undefined ? {} : { format: options.format };
    const read = await importOne(importer, files.main, { ...base, ...format, claudeCode }, progress);
    const skipped = importer.takeSkipped();
    let pending = read.pending;
    for (const agent of agents) {
      const file = await importOne(importer, agent.open(), { ...base, format: 'claude-code', claudeCode }, progress);
      pending += file.pending;
      skippedByAgent.set(agent.agentId, importer.takeSkipped());
    }
    await importer.publish();
    await importer.end('done');
    return report(importer, { ...read, pending }, skipped, agentsElsewhere, skippedByAgent);
  } catch (error) {
    await leave(importer, options.signal?.aborted === true, error);
    throw error;
  }
}

/** What was read is a prefix of the whole, and shown as one. */
async function leave(importer: Importer, isCancelled: boolean, error: unknown): Promise<void> {
  if (isCancelled) {
    await importer.publish();
    await importer.end('abandoned');
    return;
  }
  const code = error instanceof TractError ? error.code : 'UNEXPECTED';
  // The store may be what failed: the first error is the one to tell.
  await importer.end('failed', code).catch(() => undefined);
}

interface FileRead {
  readonly format: TranscriptFormat;
  readonly pending: number;
}

async function importOne(
  importer: Importer,
  source: TranscriptSource,
  options: ReadOptions,
  progress: Progress,
): Promise<FileRead> {
  let read: FileRead = { format: options.format ?? 'claude-code', pending: 0 };
  for await (const step of readTranscript(source, options)) {
    await importer.add(step.events);
    read = { format: step.format, pending: step.pending };
    progress.at(step.bytes);
  }
  progress.fileDone();
  return read;
}

/** Adds up what several files gave. */
class Progress {
  private before = 0;
  private now = 0;

  constructor(
    private readonly importer: Importer,
    private readonly totalBytes: number | null,
    private readonly listener: ((progress: ImportProgress) => void) | undefined,
  ) {}

  at(bytes: number): void {
    this.now = bytes;
    if (this.listener === undefined) return;
    const calls = [...this.importer.sessions.values()].reduce((sum, { tally }) => sum + tally.calls, 0);
    this.listener({
      bytes: this.before + bytes,
      totalBytes: this.totalBytes,
      commits: this.importer.written,
      calls,
    });
  }

  fileDone(): void {
    this.before += this.now;
    this.now = 0;
  }
}

function report(
  importer: Importer,
  read: FileRead,
  skipped: readonly Skipped[],
  agentsElsewhere: ReadonlySet<string>,
  skippedByAgent: ReadonlyMap<string, readonly Skipped[]>,
): ImportReport {
  const sessions = importer.ordered.filter(({ hashes }) => hashes.length > 0);
  const isOwn = ({ event }: ImportSession): boolean =>
    event.agentId === null || (!event.repeated && !agentsElsewhere.has(event.agentId));
  const own = sumTallies(sessions.filter(isOwn).map(({ tally }) => tally));
  return {
    tracts: sessions.map(({ tractId }) => tractId),
    format: read.format,
    ...figures(own),
    skipped,
    pending: read.pending,
    agents: sessions.flatMap(({ event, tractId, tally }) =>
      event.agentId === null
        ? []
        : [{ tractId, agentId: event.agentId, ...figures(tally), skipped: skippedByAgent.get(event.agentId) ?? [] }],
    ),
  };
}

function figures({ added, calls, toolCalls, toolResults, usage }: Tally) {
  return { added: { ...added }, calls, toolCalls, toolResults, usage };
}
