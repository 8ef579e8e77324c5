/**
 * Tract as a library (SPEC §18): the entry of `dist/core.mjs` and its composition root, where the core meets storage, tokens and
 * the other layers. The extension, the CLI and the tests open stores through here too.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { monotonicFactory } from 'ulid';
import type { Budget, Environment } from './core/environment.js';
import { CONTENT_TYPES, type ContentTypeSpec } from './core/model/content.js';
import { contentHash as hashContent } from './core/model/content-hash.js';
import { FormatError, InvalidArgumentError } from './core/model/errors.js';
import { commitHash as hashCommit, type CommitHashFields } from './core/model/hash.js';
import { validateBudget } from './core/operations/budget.js';
import type { Clock } from './core/ports/clock.js';
import type { Model } from './core/ports/model.js';
import type { Storage } from './core/ports/storage.js';
import type { Tokenizer } from './core/ports/tokenizer.js';
import { Store } from './core/store.js';
import type { Tract as CoreTract } from './core/tract.js';
import { asyncScope } from './node/async-scope.js';
import { connectOps, type OpFileOptions } from './node/connect-ops.js';
import { nodeHasher } from './node/hasher.js';
import { nodeTextFiles } from './node/text-files.js';
import { DurableStorage } from './storage/durable.js';
import { StoreBackupError } from './storage/errors.js';
import { openMemoryStorage } from './storage/memory.js';
import { backupStore, restoreStore as restoreNodeStore } from './storage/node/backup.js';
import { openNodeStorage } from './storage/node/open.js';
import { loadSqlJs } from './storage/sqljs/load.js';
import type { IncrementalCounter } from './tokens/incremental-counter.js';
import { rankFiles } from './tokens/node/rank-files.js';
import { Tokenizers } from './tokens/tokenizers.js';
import { importPythonDatabase } from './transcripts/python-tract/import.js';
import { readPythonDatabase } from './transcripts/python-tract/rows.js';

export * from './core/model/errors.js';
export * from './ops/errors.js';
export {
  StoreBackupError,
  StoreClosedError,
  StoreIntegrityError,
  StoreLockedError,
  StoreNewerError,
  StoreReadOnlyError,
  StoreUnreadableError,
  StoreWriteError,
} from './storage/errors.js';
export { canonicalJson } from './core/model/canonical.js';
export type { Commit } from './core/model/commit.js';
export type { CompiledContext, CompiledMessage } from './core/model/context.js';
export type { TokenUsage } from './core/model/usage.js';
export type { Model, ModelEvent, ModelRequest } from './core/ports/model.js';
export { normalizeUsage } from './core/records/usage.js';
export { selectFilesForContext } from './budget/index.js';
export { openEmbeddingCache } from './budget/node/open-embedding-cache.js';
export { openOps } from './ops/node/open-ops.js';
export { importTranscript } from './transcripts/node/import-transcript.js';
export { TranscriptFileError, TranscriptTooLargeError, UnknownTranscriptError } from './transcripts/errors.js';
export { UnknownEncodingError } from './tokens/encodings.js';

const here = dirname(fileURLToPath(import.meta.url));
const tokenizers = new Tokenizers(rankFiles(join(here, 'ranks')));

/** Exact tokens of a text (SPEC §6); `""` → 0. @throws UnknownEncodingError */
export const countTokens = (text: string, encoding?: string): number => tokenizers.countTokens(text, encoding);

/** A counter that follows a document through its edits. @throws UnknownEncodingError */
export const createIncrementalCounter = (text: string, encoding?: string): IncrementalCounter =>
  tokenizers.createIncrementalCounter(text, encoding);

/** The hash of a content (SPEC §4). @throws ContentValidationError */
export const contentHash = (content: object): string => hashContent(content, CONTENT_TYPES, nodeHasher);

/** The hash of a commit (SPEC §4). */
export const commitHash = (fields: CommitHashFields): string => hashCommit(fields, nodeHasher);

/** What can be set when a store or a tract is opened (SPEC §18). */
export interface OpenOptions {
  /** Keeps the store in this folder; without it, in memory. */
  readonly directory?: string;
  /** In place of a folder: storage that the caller opened, and the store closes. */
  readonly storage?: Storage;
  /** Never writes and takes no lock. */
  readonly readOnly?: boolean;
  /** What other processes are told of this one. */
  readonly application?: string;
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
  /** Also writes ops as files, or commits them (SPEC §13); without it they are in the store only. */
  readonly ops?: OpFileOptions;
}

const DEFAULT_CACHE = 8;

/** Opens a store (SPEC §16). @throws InvalidArgumentError, and the storage's errors */
export async function openStore(options: OpenOptions = {}): Promise<Store> {
  const {
    compileCacheSize = DEFAULT_CACHE,
    verifyCache = false,
    clock = () => new Date(),
    budget,
    contentTypes = {},
  } = options;
  if (!Number.isSafeInteger(compileCacheSize) || compileCacheSize < 0) {
    throw new InvalidArgumentError('compileCacheSize must be a whole number of at least 0.');
  }
  const store = new Store(options.storage ?? (await openStorage(options)), {
    types: { ...contentTypes, ...CONTENT_TYPES },
    tokenizer: tokenizerOf(options.tokenCounter),
    hasher: nodeHasher,
    clock,
    pause: () => setImmediate(),
    files: nodeTextFiles,
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
    batches: asyncScope(),
  });
  await store.recover();
  if (options.ops) {
    const connected = connectOps(store, options.ops);
    store.onClose(async () => {
      connected.stop();
      await connected.ops.idle();
    });
  }
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

  /** Opens a store as `open` does and imports an exported tract into it (SPEC §9.8). @throws FormatError */
  async importFrom(file: string, options: OpenOptions = {}): Promise<CoreTract> {
    const store = await openStore(options);
    try {
      return await store.importTract(file);
    } catch (error) {
      await store.close();
      throw error;
    }
  },
};

/**
 * Opens a store as `Tract.open` does, or takes an open one, and imports a SQLite file of the Python `tract` into it (SPEC §9.8).
 * Importing twice adds nothing. Gives the tract `tractId`, else the file's first.
 * @throws FormatError; nothing is changed then
 */
export async function importTract(
  file: string,
  options: OpenOptions & { readonly tractId?: string; readonly store?: Store } = {},
): Promise<CoreTract> {
  const store = options.store ?? (await openStore(options));
  try {
    const tractIds = await importPythonTracts(store, file);
    const tractId = options.tractId ?? tractIds[0];
    if (tractId === undefined) throw new FormatError('The file holds no tract. Nothing was imported.');
    return store.tract(tractId);
  } catch (error) {
    if (options.store === undefined) await store.close();
    throw error;
  }
}

async function importPythonTracts(store: Store, file: string): Promise<readonly string[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new FormatError(`The file ${file} cannot be read. Nothing was imported.`, { cause: error });
  }
  const database = readPythonDatabase(await loadSqlJs(await wasmBinary()), bytes);
  return store.session.run(
    database.tracts[0]?.tractId ?? '',
    { name: 'import', detail: 'import of a Python tract database', op: true },
    (scope) => importPythonDatabase(scope, database),
  );
}

/** Copies an open store into an empty or new folder; writing goes on meanwhile (SPEC §16). @throws StoreBackupError, StoreWriteError */
export async function backUpStore(store: Store, directory: string): Promise<void> {
  if (!(store.storage instanceof DurableStorage)) {
    throw new StoreBackupError('This store lies in memory: there are no files to copy. Export its tracts instead.');
  }
  await backupStore(store.storage, directory);
}

/**
 * Puts the backup in folder `from` in the place of the store in `directory`, which nobody has open, after checking it. Returns the
 * folder in which the replaced store is kept, which `restoreStore` takes too; null when there was none.
 * @throws StoreBackupError, StoreLockedError, StoreWriteError; the store is as it was then
 */
export async function restoreStore(
  from: string,
  { directory, application = 'Tract library' }: { readonly directory: string; readonly application?: string },
): Promise<string | null> {
  const wasm = await wasmBinary();
  return restoreNodeStore(from, { directory, application, ...(wasm ? { wasmBinary: wasm } : {}) });
}

/** Beside the built library; run from source, sql.js finds its own. */
async function wasmBinary(): Promise<Uint8Array | undefined> {
  const file = join(here, 'sql-wasm.wasm');
  return existsSync(file) ? readFile(file) : undefined;
}

async function openStorage({
  directory,
  readOnly = false,
  application = 'Tract library',
}: OpenOptions): Promise<Storage> {
  if (directory === undefined) return openMemoryStorage();
  const wasm = await wasmBinary();
  return openNodeStorage({ directory, readOnly, application, ...(wasm ? { wasmBinary: wasm } : {}) });
}

function tokenizerOf(counter: OpenOptions['tokenCounter']): Tokenizer {
  if (typeof counter === 'function') return { id: 'custom', count: counter };
  return typeof counter === 'object' ? counter : tokenizers.createTokenizer(counter);
}

/** ULIDs: they sort by the time they were made. */
function newIds(clock: Clock): () => string {
  const ulid = monotonicFactory(pooledRandom());
  return () => ulid(Math.max(0, clock().getTime()));
}

/** Numbers in [0, 1) from the system's random source, which is asked for many at a time: ulid wants one per character. */
function pooledRandom(): () => number {
  const pool = new Uint32Array(256);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      crypto.getRandomValues(pool);
      next = 0;
    }
    return (pool[next++] ?? 0) / 2 ** 32;
  };
}
