import { LRUCache } from 'lru-cache';
import { isAncestor, commitOf } from '../graph/ancestry.js';
import { linePages, mergedBlock } from '../graph/history.js';
import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import type { CompiledContext } from '../model/context.js';
import { CompileMismatchError } from '../model/errors.js';
import type { Hasher } from '../ports/hasher.js';
import type { Pause } from '../ports/pause.js';
import type { ObjectStore, RecordStore } from '../ports/storage.js';
import { ContextHasher } from './context-hash.js';
import type { FoldContext, MergeSides, Resolution } from './fold.js';
import { Fold } from './fold.js';
import { toAnthropicRequest } from './formats/anthropic.js';
import { toMarkdown } from './formats/markdown.js';
import { toDicts, toOpenAIMessages } from './formats/openai.js';
import type { RenderOptions } from './options.js';
import { normalizeOptions } from './options.js';
import { DefaultRendering, render, type Rendered } from './render.js';
import { EMPTY_SNAPSHOT, type Snapshot } from './snapshot.js';
import { differences } from './verify.js';

/** What compiling reads: the graph, the contents and the usage reports. */
export type CompileSource = Pick<ObjectStore, 'commit' | 'line' | 'contents'> & Pick<RecordStore, 'latestUsage'>;

export interface CompilerOptions extends FoldContext {
  readonly hasher: Hasher;
  readonly pause: Pause;
  /** Heads whose snapshots are kept (SPEC §5.1); 0 keeps none. */
  readonly cacheSize: number;
  /** Snapshots of older commits that are kept (default 1,024). */
  readonly checkpoints?: number;
  /** Compiles afresh on every use of a cached snapshot and throws on any difference. */
  readonly verify: boolean;
}

/** Commits folded between two reads of contents, which is also how often other work gets a turn. */
const CHUNK = 1_000;
/** A fold leaves a checkpoint every so many commits, so that going back in time re-folds at most that many. */
const CHECKPOINT_EVERY = 128;
const CHECKPOINTS = 1_024;
const LONG_RUN_SNAPSHOTS = 8;

/**
 * Compiles commits (SPEC §5). Snapshots are immutable values by commit hash: nothing is ever invalidated, checkout and reset
 * leave the cache alone, and a child is derived from its nearest cached ancestor at the cost of the commits between.
 */
export class Compiler {
  readonly #options: CompilerOptions;
  readonly #heads: LRUCache<string, Snapshot> | null;
  readonly #checkpoints: LRUCache<string, Snapshot> | null;
  readonly #rendered = new WeakMap<Snapshot, Map<string, Rendered>>();
  readonly #renderedByDefault = new WeakMap<Snapshot, DefaultRendering>();
  readonly #contextHasher: ContextHasher;
  #forgetsSources: boolean;

  constructor(options: CompilerOptions) {
    this.#options = options;
    this.#forgetsSources = options.forgetsSources === true;
    this.#heads = options.cacheSize > 0 ? new LRUCache({ max: options.cacheSize }) : null;
    this.#checkpoints = options.cacheSize > 0 ? new LRUCache({ max: options.checkpoints ?? CHECKPOINTS }) : null;
    this.#contextHasher = new ContextHasher(options.hasher);
  }

  /**
   * One for a long run along a line: it keeps a few snapshots only, and no texts of what was compressed, until the line shows some of
   * it again. A snapshot holds the texts of its history, so all the checkpoints of a long one hold all of its texts.
   */
  forLongRun(): Compiler {
    const kept = { cacheSize: LONG_RUN_SNAPSHOTS, checkpoints: LONG_RUN_SNAPSHOTS };
    return new Compiler({ ...this.#options, ...kept, forgetsSources: true });
  }

  /** The compiled context of a commit; null is the empty tract. Complexity as `snapshot`, plus O(messages). */
  async compile(source: CompileSource, head: string | null, options: RenderOptions = {}): Promise<CompiledContext> {
    const normalized = normalizeOptions(options);
    const snapshot = await this.snapshot(source, head);
    return this.#context(source, snapshot, this.#render(snapshot, normalized), normalized.key);
  }

  /**
   * The fold of a commit's history. O(commits since the nearest cached ancestor).
   * @throws CommitNotFoundError when the commit or one of its ancestors is not in the store
   */
  async snapshot(source: CompileSource, head: string | null): Promise<Snapshot> {
    if (head === null) return EMPTY_SNAPSHOT;
    const cached = this.#heads?.get(head);
    const snapshot = cached ?? (await this.#derive(source, head, true));
    if (this.#options.verify && this.#heads) await this.#verify(source, head, snapshot);
    this.#heads?.set(head, snapshot);
    return snapshot;
  }

  #render(snapshot: Snapshot, normalized: { readonly options: RenderOptions; readonly key: string }): Rendered {
    if (normalized.key === '') return this.#renderDefault(snapshot);
    const byKey = this.#rendered.get(snapshot) ?? new Map<string, Rendered>();
    this.#rendered.set(snapshot, byKey);
    const rendered = byKey.get(normalized.key) ?? render(snapshot, normalized.options, this.#options.tokenizer);
    byKey.set(normalized.key, rendered);
    return rendered;
  }

  #renderDefault(snapshot: Snapshot): DefaultRendering {
    const known = this.#renderedByDefault.get(snapshot);
    if (known) return known;
    const rendered = new DefaultRendering(snapshot, this.#options.tokenizer);
    this.#renderedByDefault.set(snapshot, rendered);
    return rendered;
  }

  #context(source: CompileSource, snapshot: Snapshot, rendered: Rendered, key: string): CompiledContext {
    const { count, tools, estimatedTokens } = rendered;
    const usage = snapshot.head === null ? undefined : source.latestUsage(snapshot.head, key)?.usage;
    const estimateSource = count === 0 ? '' : this.#options.tokenizer.id;
    const contextHasher = this.#contextHasher;
    let hash: string | undefined;
    let hashes: readonly string[] | undefined;
    return {
      head: snapshot.head,
      get messages() {
        return rendered.messages;
      },
      tokenCount: usage ? usage.promptTokens : estimatedTokens,
      tokenSource: usage ? `api:${usage.promptTokens}+${usage.completionTokens}` : estimateSource,
      estimatedTokens,
      commitCount: count,
      get commitHashes() {
        return (hashes ??= Object.freeze(rendered.messages.map((message) => message.commitHash)));
      },
      tools,
      get contextHash() {
        return (hash ??= contextHasher.hash(rendered.messages, tools));
      },
      toOpenAI: () => toOpenAIMessages(rendered.messages),
      toAnthropic: () => toAnthropicRequest(rendered.messages),
      toMarkdown: () => toMarkdown(rendered.messages),
      toDicts: () => toDicts(rendered.messages),
    };
  }

  async #derive(source: CompileSource, head: string, useCache: boolean): Promise<Snapshot> {
    commitOf(source, head);
    const { pending, base } = this.#sinceKnown(source, head, useCache);
    const forgetsSources = this.#forgetsSources;
    const fold = new Fold({ ...this.#options, forgetsSources }, base);
    for (let end = pending.length; end > 0; end -= CHUNK) {
      if (end < pending.length) await this.#options.pause();
      const chunk = pending.slice(Math.max(0, end - CHUNK), end).reverse();
      const contents = await readContents(source, chunk);
      for (const commit of chunk) {
        if (commit.extraParents.length > 0) await this.#merge(source, fold, commit, contents, useCache);
        else fold.apply(commit, parsed(contents, commit));
        if (useCache && isCheckpoint(commit)) this.#checkpoints?.set(commit.commitHash, fold.snapshot());
      }
    }
    // Also where the side of a merge stopped it: what this fold began with has forgotten.
    if (forgetsSources && (fold.showsForgotten || !this.#forgetsSources)) {
      this.#stopForgetting();
      return this.#derive(source, head, useCache);
    }
    const snapshot = fold.snapshot();
    const rendered = useCache ? this.#renderedByDefault.get(base) : undefined;
    if (rendered && fold.appended)
      this.#renderedByDefault.set(
        snapshot,
        new DefaultRendering(snapshot, this.#options.tokenizer, rendered, fold.appended),
      );
    return snapshot;
  }

  #stopForgetting(): void {
    this.#forgetsSources = false;
    this.#heads?.clear();
    this.#checkpoints?.clear();
  }

  /** The commits since the nearest snapshot that is kept, newest first, and that snapshot. */
  #sinceKnown(
    source: CompileSource,
    head: string,
    useCache: boolean,
  ): { readonly pending: readonly StoredCommit[]; readonly base: Snapshot } {
    const pending: StoredCommit[] = [];
    for (const page of linePages(source, head)) {
      for (const commit of page) {
        const base = useCache ? this.#kept(commit) : undefined;
        if (base) return { pending, base };
        pending.push(commit);
      }
    }
    return { pending, base: EMPTY_SNAPSHOT };
  }

  #kept(commit: StoredCommit): Snapshot | undefined {
    const head = this.#heads?.peek(commit.commitHash);
    return head ?? (isCheckpoint(commit) ? this.#checkpoints?.get(commit.commitHash) : undefined);
  }

  /** A merge: the block its other parents bring, then its resolutions. Nested merges resolve against their own parents. */
  async #merge(
    source: CompileSource,
    fold: Fold,
    merge: StoredCommit,
    contents: ReadonlyMap<string, string>,
    useCache: boolean,
  ): Promise<void> {
    const block = mergedBlock(source, merge);
    const blockContents = await readContents(source, block);
    for (const commit of block) {
      if (commit.extraParents.length > 0)
        fold.applyMerge(commit, ...(await this.#resolutions(source, commit, blockContents, useCache)));
      else fold.apply(commit, parsed(blockContents, commit));
    }
    fold.applyMerge(merge, ...(await this.#resolutions(source, merge, contents, useCache)));
  }

  async #resolutions(
    source: CompileSource,
    merge: StoredCommit,
    contents: ReadonlyMap<string, string>,
    useCache: boolean,
  ): Promise<[Readonly<Record<string, Resolution>>, MergeSides | null]> {
    const resolutions =
      merge.contentType === 'merge' ? (parsed(contents, merge)['resolutions'] as Record<string, Resolution>) : {};
    const [theirs] = merge.extraParents;
    if (Object.keys(resolutions).length === 0 || merge.parentHash === null || theirs === undefined) return [{}, null];
    const side = (hash: string) => this.#heads?.peek(hash) ?? this.#derive(source, hash, useCache);
    return [resolutions, { ours: await side(merge.parentHash), theirs: await side(theirs) }];
  }

  async #verify(source: CompileSource, head: string, snapshot: Snapshot): Promise<void> {
    const fresh = await this.#derive(source, head, false);
    const found = differences(snapshot, this.#renderDefault(snapshot).messages, fresh);
    if (found.length > 0) {
      throw new CompileMismatchError(
        `The cached context of ${head.slice(0, 8)} differs from a fresh compile: ${found.join('; ')}. Nothing was changed; please report this.`,
      );
    }
  }

  /**
   * The snapshot of a commit ahead of being asked for, when its parent's is at hand: who compiled that one will compile this. What
   * goes wrong is told to who asks.
   */
  async ahead(source: CompileSource, commit: StoredCommit): Promise<void> {
    if (commit.parentHash === null || !this.has(commit.parentHash) || this.has(commit.commitHash)) return;
    const snapshot = await this.#derive(source, commit.commitHash, true).catch(() => undefined);
    if (snapshot) this.#heads?.set(commit.commitHash, snapshot);
  }

  /** Whether a commit's snapshot is at hand, so that asking for it costs nothing. */
  has(head: string): boolean {
    return this.#heads?.has(head) ?? false;
  }

  /** Whether `hash` is in the history of `head` (SPEC §2: targets must be). */
  isInHistory(source: CompileSource, hash: string, head: string | null): boolean {
    const commit = source.commit(hash);
    return commit !== undefined && head !== null && isAncestor(source, commit, commitOf(source, head));
  }
}

function isCheckpoint(commit: StoredCommit): boolean {
  return commit.depth % CHECKPOINT_EVERY === 0;
}

async function readContents(
  source: CompileSource,
  commits: readonly StoredCommit[],
): Promise<ReadonlyMap<string, string>> {
  return source.contents(commits.map((commit) => commit.contentHash));
}

function parsed(contents: ReadonlyMap<string, string>, commit: StoredCommit): Content {
  const text = contents.get(commit.contentHash);
  if (text === undefined) {
    throw new CompileMismatchError(
      `The content of commit ${commit.commitHash.slice(0, 8)} cannot be read. Nothing was changed; run Doctor to see what the store still holds.`,
    );
  }
  return JSON.parse(text) as Content;
}
