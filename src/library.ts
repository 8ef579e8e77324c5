/**
 * Tract as a library (SPEC §18): the entry of `dist/core.mjs` and its composition root, where the core meets storage, tokens and
 * the other layers. The extension, the CLI and the tests open stores through here too.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, type Hash } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setImmediate } from 'node:timers/promises';
import { monotonicFactory } from 'ulid';
import { CONTENT_TYPES, type ContentTypeSpec } from './core/model/content.js';
import { commitHash as hashCommit, type CommitHashFields } from './core/model/hash.js';
import { contentHash as hashContent } from './core/model/content-hash.js';
import { validateBudget } from './core/operations/budget.js';
import { InvalidArgumentError } from './core/model/errors.js';
import type { Budget, Environment } from './core/environment.js';
import type { AsyncScope } from './core/ports/async-scope.js';
import type { Clock } from './core/ports/clock.js';
import type { Hasher, RunningHash } from './core/ports/hasher.js';
import type { Model } from './core/ports/model.js';
import type { Storage } from './core/ports/storage.js';
import type { Tokenizer } from './core/ports/tokenizer.js';
import type { Session } from './core/session.js';
import { Store } from './core/store.js';
import type { Tract as CoreTract } from './core/tract.js';
import { openMemoryStorage } from './storage/memory.js';
import { rankFiles } from './tokens/node/rank-files.js';
import { Tokenizers } from './tokens/tokenizers.js';

export * from './core/model/errors.js';
export { canonicalJson } from './core/model/canonical.js';
export { normalizeUsage } from './core/records/usage.js';
export { UnknownEncodingError } from './tokens/encodings.js';
export type { Commit } from './core/model/commit.js';
export type { CompiledContext, CompiledMessage } from './core/model/context.js';
export type { Model, ModelEvent, ModelRequest } from './core/ports/model.js';
export type { TokenUsage } from './core/model/usage.js';

const tokenizers = new Tokenizers(rankFiles(dirname(fileURLToPath(import.meta.url))));

/** Exact tokens of a text (SPEC §6); `""` → 0. @throws UnknownEncodingError */
export const countTokens = (text: string, encoding?: string): number => tokenizers.countTokens(text, encoding);

/** A counter that follows a document through its edits. @throws UnknownEncodingError */
export const createIncrementalCounter: Tokenizers['createIncrementalCounter'] = (text, encoding) =>
  tokenizers.createIncrementalCounter(text, encoding);

/** The hash of a content (SPEC §4). @throws ContentValidationError */
export const contentHash = (content: object): string => hashContent(content, CONTENT_TYPES, nodeHasher);

/** The hash of a commit (SPEC §4). */
export const commitHash = (fields: CommitHashFields): string => hashCommit(fields, nodeHasher);

/** What can be set when a store or a tract is opened (SPEC §18). */
export interface OpenOptions {
  /** Keeps the store in this folder; without it, in memory. */
  readonly directory?: string;
  readonly readOnly?: boolean;
  readonly clock?: Clock;
  /** An encoding's name, or a counter of one's own. */
  readonly tokenCounter?: string | Tokenizer | ((text: string) => number);
  /** Heads whose snapshots are kept (default 8). */
  readonly compileCacheSize?: number;
  /** Compiles afresh on every cached hit and throws on any difference; for tests. */
  readonly verifyCache?: boolean;
  readonly budget?: Budget;
  readonly model?: Model;
  readonly compiler?: Environment['compiler'];
  readonly defaultBranch?: string;
  readonly actor?: string;
  readonly missionId?: string;
  readonly wpId?: string;
  /** Content types of the caller's own (SPEC §3). */
  readonly contentTypes?: Readonly<Record<string, ContentTypeSpec>>;
}

const DEFAULT_CACHE = 8;

/** Opens a store (SPEC §16). @throws StoreLockedError and the other storage errors */
export async function openStore(options: OpenOptions = {}): Promise<Store> {
  const {
    compileCacheSize = DEFAULT_CACHE,
    verifyCache = false,
    clock = () => new Date(),
    budget,
    contentTypes = {},
  } = options;
  if (!Number.isSafeInteger(compileCacheSize) || compileCacheSize < 0)
    throw new InvalidArgumentError('compileCacheSize must be a whole number of at least 0.');
  const storage = await openStorage(options);
  const store = new Store(storage, {
    types: { ...contentTypes, ...CONTENT_TYPES },
    tokenizer: tokenizerOf(options.tokenCounter),
    hasher: nodeHasher,
    clock,
    pause: () => setImmediate(),
    newId: newIds(clock),
    defaultBranch: options.defaultBranch ?? 'main',
    actor: options.actor ?? 'user',
    budget: budget ? validateBudget(budget) : null,
    model: options.model ?? null,
    missionId: options.missionId ?? null,
    wpId: options.wpId ?? null,
    compileCacheSize,
    verifyCache,
    compiler: options.compiler ?? null,
    batches: batchScope(),
  });
  await store.recover();
  return store;
}

export type Tract = CoreTract;
export const Tract = {
  /**
   * Opens a tract (SPEC §18): `tractId`, made when it is not there; without it the store's first, or a new one. Closing the tract
   * closes the store.
   */
  async open(options: OpenOptions & { readonly tractId?: string } = {}): Promise<CoreTract> {
    const store = await openStore(options);
    const tractId = options.tractId ?? store.tracts()[0]?.tractId;
    return store.create(tractId === undefined ? { name: 'main' } : { tractId });
  },
};

function openStorage({ directory }: OpenOptions): Promise<Storage> {
  if (directory !== undefined) throw new InvalidArgumentError('Stores in a folder are not built yet.');
  return openMemoryStorage();
}

function tokenizerOf(counter: OpenOptions['tokenCounter']): Tokenizer {
  if (typeof counter === 'function') return { id: 'custom', count: counter };
  return typeof counter === 'object' ? counter : tokenizers.createTokenizer(counter);
}

/** Ids that sort by time; the clock is the caller's, so that stores made in tests are the same every time but for the random part. */
function newIds(clock: Clock): () => string {
  const ulid = monotonicFactory();
  return () => ulid(Math.max(0, clock().getTime()));
}

function batchScope(): AsyncScope<Session> {
  const local = new AsyncLocalStorage<Session>();
  return { current: () => local.getStore(), run: (session, fn) => local.run(session, fn) };
}

/** Node's SHA-256: several times as fast as one in JavaScript. */
const nodeHasher: Hasher = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  start: () => runningHash(createHash('sha256')),
};

function runningHash(hash: Hash): RunningHash {
  return {
    update: (text) => void hash.update(text, 'utf8'),
    copy: () => runningHash(hash.copy()),
    digest: () => hash.digest('hex'),
  };
}
