import type { Store } from '../core/store.js';
import type { LineReader, TranscriptEvent, TranscriptFormat } from './events.js';
import { sumTallies } from './import-session.js';
import { Importer } from './importer.js';
import { LineCutter } from './lines.js';
import type { AgentStarts } from './readers/claude-code.js';
import { lineReader, readLine, type TranscriptSource } from './read.js';

/** A file that another program appends to. */
export interface GrowingFile {
  /** Its size in bytes; undefined while it is not there. */
  size(): Promise<number | undefined>;
  /** Its bytes from an offset on. */
  read(from: number): TranscriptSource;
}

/** The files of a running session. */
export interface FollowFiles {
  readonly format: 'claude-code' | 'codex';
  readonly main: GrowingFile;
  /** The sub-agents' files that are there by now. */
  agents(): Promise<readonly { readonly agentId: string; readonly file: GrowingFile }[]>;
}

export interface FollowUpdate {
  readonly tracts: readonly string[];
  /** Since the follow began, sub-agents included. */
  readonly added: { readonly commits: number; readonly records: number };
  readonly calls: number;
  readonly pending: number;
}

export interface FollowOptions {
  readonly store: Store;
  readonly files: FollowFiles;
  /** Called after every poll that brought something. */
  readonly onUpdate?: (update: FollowUpdate) => void;
}

/** How far one file is read, and what reads it. */
interface Tail {
  readonly file: GrowingFile;
  readonly reader: LineReader;
  readonly cutter: LineCutter;
  offset: number;
}

/**
 * Follows a running session (SPEC §14): each poll reads what was appended, commits what is certain of its place (Annex B.8) and moves
 * the branches that stand on their lines (Annex B.9). One op from the first poll that brings something to `stop` (Annex B.7). Whoever
 * holds it decides when to poll; polls never overlap.
 */
export class SessionFollower {
  private importer: Importer;
  private main: Tail;
  private agents = new Map<string, Tail>();
  /** Filled as sub-agents' files appear; the main reader looks here. */
  private agentsElsewhere = new Set<string>();
  private starts: AgentStarts = new Map();
  private events: TranscriptEvent[] = [];
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: FollowOptions) {
    this.importer = new Importer(options.store, 'follow');
    this.main = this.tail(options.files.main, options.files.format);
  }

  /**
   * Reads what is new. Resolves to whether anything was, once it is durable.
   *
   * @throws what reading or writing throws; the next poll reads the files anew, and writes what the store has not got.
   */
  poll(): Promise<boolean> {
    const next = this.running.then(() => this.once());
    this.running = next.catch(() => this.restart('failed'));
    return next;
  }

  /** Ends the follow's op. What was followed stays; a new follower of the same files goes on from there. */
  async stop(): Promise<void> {
    await this.running;
    await this.importer.end('done');
  }

  private async once(): Promise<boolean> {
    for (const { agentId, file } of await this.options.files.agents()) {
      this.agentsElsewhere.add(agentId);
      if (!this.agents.has(agentId)) this.agents.set(agentId, this.tail(file, 'claude-code'));
    }
    const size = await this.main.file.size();
    if (size !== undefined && size < this.main.offset) await this.restart('done');
    let hasNews = false;
    for (const tail of [this.main, ...this.agents.values()]) hasNews = (await this.read(tail)) || hasNews;
    if (!hasNews) return false;
    await this.importer.publish();
    this.report();
    return true;
  }

  private async read(tail: Tail): Promise<boolean> {
    const size = await tail.file.size();
    if (size === undefined || size <= tail.offset) return false;
    let hasLines = false;
    for await (const piece of tail.file.read(tail.offset)) {
      tail.offset += piece.length;
      for (const line of tail.cutter.push(piece)) {
        readLine(tail.reader, line, this.sink);
        hasLines = true;
      }
      await this.flush();
    }
    tail.reader.settle();
    await this.flush();
    return hasLines;
  }

  private async flush(): Promise<void> {
    const { events } = this;
    this.events = [];
    await this.importer.add(events);
  }

  /** The file was written anew, or a write failed: all of it is read again; what the store has is not written again. */
  private async restart(outcome: 'done' | 'failed'): Promise<void> {
    await this.importer.end(outcome).catch(() => undefined);
    this.importer = new Importer(this.options.store, 'follow');
    this.agents = new Map();
    this.agentsElsewhere = new Set();
    this.starts = new Map();
    this.events = [];
    this.main = this.tail(this.options.files.main, this.options.files.format);
  }

  private report(): void {
    const sessions = this.importer.ordered.filter(({ hashes }) => hashes.length > 0);
    const { added, calls } = sumTallies(sessions.map(({ tally }) => tally));
    const tails = [this.main, ...this.agents.values()];
    this.options.onUpdate?.({
      tracts: sessions.map(({ tractId }) => tractId),
      added: { ...added },
      calls,
      pending: tails.reduce((sum, { reader }) => sum + reader.pending(), 0),
    });
  }

  private tail(file: GrowingFile, format: TranscriptFormat): Tail {
    const reader = lineReader(format, this.sink, {
      agentsElsewhere: this.agentsElsewhere,
      starts: this.starts,
    });
    return { file, reader, cutter: new LineCutter(), offset: 0 };
  }

  private readonly sink = (event: TranscriptEvent): void => {
    // A long session would fill memory with what a follow never shows.
    if (event.kind !== 'skip') this.events.push(event);
  };
}
