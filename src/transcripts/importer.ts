import { LRUCache } from 'lru-cache';
import { Compiler, type CompileSource } from '../core/compile/compiler.js';
import type { Environment } from '../core/environment.js';
import { canonicalJson } from '../core/model/canonical.js';
import { checkedContent, contentText, type Content } from '../core/model/content.js';
import { ContentValidationError, HashConflictError } from '../core/model/errors.js';
import type { JsonObject } from '../core/model/json.js';
import { addMicrosecond, toTimestampIso } from '../core/model/timestamp.js';
import type { TokenUsage } from '../core/model/usage.js';
import type { Scope } from '../core/operations/scope.js';
import { writeCommit, type NewCommit } from '../core/operations/write-commit.js';
import { newRecord, type RecordedContext } from '../core/records/new-record.js';
import { normalizeUsage } from '../core/records/usage.js';
import type { Store } from '../core/store.js';
import { Transaction } from '../core/transaction.js';
import type { CallEvent, CommitEvent, SessionEvent, SkipEvent, TranscriptEvent, TranscriptFormat } from './events.js';
import { addUsage, ImportSession, NO_USAGE } from './import-session.js';
import { textAt } from './json.js';
import { safeName, titleOf } from './names.js';
import { Publisher } from './publish.js';
import { NO_TIME } from './time.js';

/** Changes held before they are written as one batch: a hundred messages. Applying them must not hold up the host (50 ms). */
const BATCH = 250;
/** Conversations under way at one time whose last context is kept. */
const RECORDED = 8;
/** Tries to find a free time for a commit whose hash is taken by one with other tool metadata. */
const MAX_CONFLICTS = 1_000;

const PROVIDERS: Partial<Readonly<Record<TranscriptFormat, string>>> = {
  'claude-code': 'anthropic',
  codex: 'openai',
  'vscode-chat': 'vscode',
};

/** What tools put in front of what the person wrote. */
const INJECTED = /^\s*(<[a-z_-]+>|Caveat:|# AGENTS\.md)/;

/** A content with its canonical text, which is made once. */
type Payload = Required<Pick<NewCommit, 'content' | 'rawText'>>;

export type Skipped = Pick<SkipEvent, 'line' | 'type' | 'reason'>;

/**
 * Turns events into commits, records and refs (SPEC §14, Annex B.8, B.9). Commits and records are written in atomic batches as they
 * come; refs move in `publish`, so that each import is one entry of the ref log. The same events always give the same hashes, and
 * what the store already has is not written again.
 */
export class Importer {
  readonly sessions = new Map<string, ImportSession>();
  private skipped: Skipped[] = [];
  /** Links to sub-agents whose own lines are not read yet: session key → commit of the tool call. */
  private readonly links = new Map<string, string>();
  private readonly publisher: Publisher;
  private readonly importedAt: string;
  private readonly compiler: Environment['compiler'];
  /** Sessions with news since the last batch. */
  private readonly touched = new Set<ImportSession>();
  /** Each tract's last record: the next one says what it adds to it. */
  private readonly recorded = new LRUCache<string, RecordedContext>({ max: RECORDED });
  private tx: Transaction;
  private onItsWay: Promise<void> = Promise.resolve();
  /** Commits that are durable. */
  written = 0;

  constructor(
    private readonly store: Store,
    action: 'import' | 'follow',
  ) {
    this.publisher = new Publisher(store, action);
    this.importedAt = toTimestampIso(store.env.clock());
    const { compiler } = store.env;
    this.compiler = action === 'import' && compiler instanceof Compiler ? compiler.forLongRun() : compiler;
    this.tx = new Transaction(store.storage);
  }

  /** The main conversations first, then the sub-agents, in the order they appeared. */
  get ordered(): readonly ImportSession[] {
    const all = [...this.sessions.values()];
    return [...all.filter(({ event }) => event.agentId === null), ...all.filter(({ event }) => event.agentId !== null)];
  }

  /** Takes events in; writes a batch whenever enough is there. Resolves when the batches but for the last are durable. */
  async add(events: readonly TranscriptEvent[]): Promise<void> {
    for (const event of events) {
      switch (event.kind) {
        case 'session':
          this.session(event);
          break;
        case 'info':
          this.info(event.session, event.title, event.cwd);
          break;
        case 'lane':
          this.changed(event.session).addLane(event);
          break;
        case 'commit':
          this.commit(event);
          break;
        case 'call':
          await this.call(event);
          break;
        case 'agent':
          this.agent(event.session, event.agentId, event.from);
          break;
        case 'skip':
          this.skipped.push({ line: event.line, type: event.type, reason: event.reason });
          break;
      }
      if (this.tx.changes.length >= BATCH) await this.write();
    }
  }

  /** What was skipped since this was asked last. */
  takeSkipped(): readonly Skipped[] {
    const { skipped } = this;
    this.skipped = [];
    return skipped;
  }

  /** Writes what is held, moves the refs there, and enters the moves in the ref log. Resolves when all of it is durable. */
  async publish(): Promise<void> {
    for (const session of this.sessions.values()) this.touched.add(session);
    await this.write();
    await this.onItsWay;
    await this.publisher.log();
  }

  /** Closes the op that the first move of a ref began. */
  end(outcome: 'done' | 'failed' | 'abandoned', errorCode: string | null = null): Promise<void> {
    return this.publisher.end(outcome, errorCode);
  }

  /** Hands a batch to the disk once the one before it is there: the next one is made meanwhile. */
  private async write(): Promise<void> {
    const { tx } = this;
    const { storage, env } = this.store;
    const { ordered } = this;
    const touched = ordered.filter((session) => this.touched.has(session));
    await this.onItsWay;
    // What made the batch had a turn of its own.
    await env.pause();
    if (ordered[0] !== undefined) await this.publisher.prepare(ordered[0], touched, tx);
    // Moved and written without a pause between: nobody moves a ref in the middle.
    this.publisher.move(touched, tx);
    this.touched.clear();
    this.tx = new Transaction(storage);
    const commits = ordered.reduce((sum, { hashes }) => sum + hashes.length, 0);
    this.onItsWay = tx.changes.length === 0 ? Promise.resolve() : storage.write(tx.changes);
    this.onItsWay = this.onItsWay.then(() => {
      this.written = commits;
    });
    // Whoever waits for it is told, at the latest by `publish`.
    this.onItsWay.catch(() => undefined);
    await env.pause();
  }

  private session(event: SessionEvent): void {
    if (this.sessions.has(event.key)) return;
    const { hasher } = this.store.env;
    const parent = event.parent === null ? null : safeName(event.parent, hasher);
    const name = safeName(event.key, hasher);
    const session = new ImportSession(event, name, parent, name);
    session.spawnedFrom = this.links.get(event.key) ?? null;
    this.sessions.set(event.key, session);
  }

  private info(key: string, title: string | undefined, cwd: string | undefined): void {
    const session = this.changed(key);
    if (title !== undefined) session.title = titleOf(title);
    if (cwd !== undefined) session.cwd = cwd;
  }

  private agent(key: string, agentId: string, from: number): void {
    const child = `${key}/${agentId}`;
    const hash = this.sessionOf(key).hash(from);
    this.links.set(child, hash);
    const known = this.sessions.get(child);
    if (known !== undefined) this.changed(child).spawnedFrom = hash;
  }

  private commit(event: CommitEvent): void {
    const session = this.changed(event.session);
    const scope: Scope = { tractId: session.tractId, tx: this.tx, env: this.store.env };
    this.announce(session, event.time);
    const before = this.tx.changes.length;
    const hash = this.stored(scope, session, event);
    if (this.tx.changes.length > before) session.tally.added.commits++;
    session.hashes[event.seq] = hash;
    const lane = session.lanes[event.lane];
    if (lane !== undefined) lane.tip = hash;
    session.lastLane = event.lane;
    this.count(session, event);
  }

  /** The tract's row comes before its first commit. */
  private announce(session: ImportSession, time: string): void {
    if (session.startedAt !== null) return;
    session.startedAt = this.shown(time);
    if (this.tx.tract(session.tractId) !== undefined) return;
    this.tx.put({ kind: 'tract', tract: session.row(this.tx) });
  }

  private count(session: ImportSession, event: CommitEvent): void {
    const { content } = event;
    if (content['content_type'] === 'tool_io' && event.operation === 'append') {
      if (content['direction'] === 'call') session.tally.toolCalls++;
      else session.tally.toolResults++;
    }
    if (session.firstPrompt !== null || content['content_type'] !== 'dialogue' || content['role'] !== 'user') return;
    const text = textAt(content, 'text') ?? '';
    if (!INJECTED.test(text)) session.firstPrompt = titleOf(text) || null;
  }

  private stored(scope: Scope, session: ImportSession, event: CommitEvent): string {
    const commit = this.newCommit(session, event);
    for (let tries = 0; ; tries++) {
      try {
        return writeCommit(scope, commit).commitHash;
      } catch (error) {
        if (!(error instanceof HashConflictError) || tries >= MAX_CONFLICTS) throw error;
        // Two calls with one text at one time: their metadata tells them apart, their hash must too (Annex B.2).
        commit.options.timestamp = addMicrosecond(commit.options.timestamp);
      }
    }
  }

  private newCommit(session: ImportSession, event: CommitEvent) {
    const payload = this.payload(session, event);
    return {
      operation: event.operation,
      parentHash: event.parent === null ? null : session.hash(event.parent),
      ...payload,
      options: {
        timestamp: event.time,
        metadata: {
          ...event.metadata,
          transcript: {
            session: event.session,
            id: event.id,
            ...(event.call === null ? {} : { call: event.call }),
            ...(event.time === NO_TIME ? { importedAt: this.importedAt } : {}),
          },
        },
        generationConfig: event.model === null ? null : { model: event.model },
      },
    } satisfies NewCommit;
  }

  /** The hashed payload of an operation, with the hashes it names (Annex B.3). */
  private payload(session: ImportSession, event: CommitEvent): Payload & Pick<NewCommit, 'editTarget' | 'targets'> {
    const target = event.target === null ? '' : session.hash(event.target);
    switch (event.operation) {
      case 'append':
        return this.valid(event, event.content);
      case 'edit':
        return { ...this.valid(event, event.content), editTarget: target };
      case 'annotate':
        return {
          ...this.valid(event, { content_type: 'annotation', target, ...event.content }),
          targets: [target],
        };
      case 'compress': {
        const sources = event.sources.map((seq) => session.hash(seq));
        // An empty text would expand what it names.
        const text = event.content['text'] === '' ? '[empty summary]' : (event.content['text'] ?? '');
        const content = { content_type: 'compression', sources, ...event.content, text };
        return { ...this.valid(event, content), targets: sources };
      }
    }
  }

  private valid(event: CommitEvent, content: JsonObject): Payload {
    const { types } = this.store.env;
    try {
      return withText(checkedContent(content, types));
    } catch (error) {
      if (!(error instanceof ContentValidationError)) throw error;
      this.skipped.push({
        line: event.line,
        type: textAt(content, 'content_type') ?? 'content',
        reason: error.message,
      });
      return withText(
        checkedContent({ content_type: 'metadata', kind: 'left-out', data: { reason: error.message } }, types),
      );
    }
  }

  private async call(event: CallEvent): Promise<void> {
    const session = this.sessionOf(event.session);
    const { tx } = this;
    const { env } = this.store;
    const usage = this.usage(event);
    this.tally(session, event, usage);
    const headHash = session.hash(event.head);
    const last = event.answer.at(-1);
    const known = {
      model: event.model,
      outcome: 'answered',
      latencyMs: event.latencyMs,
      usage,
      finishReason: event.finishReason,
      answerHash: last === undefined ? null : session.hash(last),
    } as const;
    const id = env.hasher.sha256(`${session.tractId}\n${event.id}`).slice(0, 32);
    const stored = tx.record(id);
    const isNews = stored === undefined || canonicalJson({ ...stored.usage }) !== canonicalJson({ ...usage });
    if (stored === undefined) {
      const scope: Scope = { tractId: session.tractId, tx, env };
      const context = await this.compiler.compile(withoutUsage(tx), headHash);
      const provider = PROVIDERS[session.event.format] ?? null;
      const made = {
        id,
        createdAt: this.shown(event.time),
        params: null,
        provider,
        opId: null,
        origin: 'imported',
        ...known,
      } as const;
      const record = await newRecord(scope, context, made, this.recorded.get(session.tractId));
      this.recorded.set(session.tractId, { record, context });
      session.tally.added.records++;
    } else if (isNews || stored.answerHash !== known.answerHash || stored.finishReason !== known.finishReason) {
      const tokens = usage && {
        tokenCount: usage.promptTokens,
        tokenSource: `api:${usage.promptTokens}+${usage.completionTokens}`,
      };
      tx.put({ kind: 'recordUpdate', id, update: { ...known, ...tokens } });
    }
    if (usage !== null && isNews) {
      tx.put({ kind: 'usage', report: { headHash, optionsKey: '', usage, at: this.shown(event.time) } });
    }
  }

  private usage(event: CallEvent): TokenUsage | null {
    if (event.usage === null) return null;
    try {
      return normalizeUsage(event.usage);
    } catch (error) {
      if (!(error instanceof ContentValidationError)) throw error;
      this.skipped.push({ line: event.line, type: 'usage', reason: error.message });
      return null;
    }
  }

  private tally({ tally, reported }: ImportSession, event: CallEvent, usage: TokenUsage | null): void {
    const before = reported.get(event.id);
    if (before === undefined) tally.calls++;
    else tally.usage = addUsage(tally.usage, before, -1);
    reported.set(event.id, usage ?? NO_USAGE);
    tally.usage = addUsage(tally.usage, usage ?? NO_USAGE);
  }

  /** The time of what is not hashed: of the import where the file says none. */
  private shown(time: string): string {
    return time === NO_TIME ? this.importedAt : time;
  }

  private changed(key: string): ImportSession {
    const session = this.sessionOf(key);
    this.touched.add(session);
    return session;
  }

  private sessionOf(key: string): ImportSession {
    const session = this.sessions.get(key);
    if (session === undefined) throw new RangeError(`Session ${key} was not announced.`);
    return session;
  }
}

/** @throws ContentValidationError for what no canonical text can hold */
function withText(content: Content): Payload {
  return { content, rawText: contentText(content) };
}

/** What a record needs of a context is not its reported usage: that is not asked for, once a call. */
function withoutUsage(tx: Transaction): CompileSource {
  return {
    commit: (hash) => tx.commit(hash),
    line: (from, limit, minDepth) => tx.line(from, limit, minDepth),
    contents: (hashes) => tx.contents(hashes),
    latestUsage: () => undefined,
  };
}
