import { setImmediate } from 'node:timers/promises';
import { monotonicFactory } from 'ulid';
import type { Budget, Environment } from '../core/environment.js';
import { CONTENT_TYPES, type ContentTypeSpec } from '../core/model/content.js';
import { validateBudget } from '../core/operations/budget.js';
import type { Clock } from '../core/ports/clock.js';
import type { Model } from '../core/ports/model.js';
import type { Storage } from '../core/ports/storage.js';
import type { Tokenizer } from '../core/ports/tokenizer.js';
import { Store } from '../core/store.js';
import { openMemoryStorage } from '../storage/memory.js';
import { openNodeStorage } from '../storage/node/open.js';
import { asyncScope } from './async-scope.js';
import { checkedClock, checkedCounter, checkOpenOptions } from './check-open-options.js';
import type { OpFileOptions } from './connect-ops.js';
import { nodeHasher } from './hasher.js';
import { nodePatternTest } from './pattern-test.js';
import { nodeTextFiles } from './text-files.js';
import { tokenizers } from './tokenizers.js';
import { wasmBinary } from './wasm-binary.js';

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
  checkOpenOptions(options);
  const { compileCacheSize = DEFAULT_CACHE, verifyCache = false, budget, contentTypes = {} } = options;
  const clock = checkedClock(options.clock ?? (() => new Date()));
  // Whatever can be refused is refused before a folder is made or locked.
  const tokenizer = tokenizerOf(options.tokenCounter);
  const checkedBudget = budget ? validateBudget(budget) : null;
  const store = new Store(options.storage ?? (await openStorage(options)), {
    types: { ...contentTypes, ...CONTENT_TYPES },
    tokenizer,
    hasher: nodeHasher,
    clock,
    pause: () => setImmediate(),
    testPattern: nodePatternTest,
    files: nodeTextFiles,
    newId: newIds(clock),
    defaultBranch: options.defaultBranch ?? 'main',
    actor: options.actor ?? 'user',
    budget: checkedBudget,
    model: options.model ?? null,
    missionId: options.missionId ?? null,
    wpId: options.wpId ?? null,
    compileCacheSize,
    verifyCache,
    compiler: options.compiler ?? null,
    batches: asyncScope(),
  });
  try {
    await store.recover();
    if (options.ops) {
      // Only who keeps records in files needs that code.
      const { connectOps } = await import('./connect-ops.js');
      const connected = connectOps(store, options.ops);
      store.onClose(async () => {
        connected.stop();
        await connected.ops.idle();
      });
    }
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
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
  if (typeof counter === 'function') return { id: 'custom', count: checkedCounter(counter) };
  return typeof counter === 'object'
    ? { id: counter.id, count: checkedCounter((text) => counter.count(text)) }
    : tokenizers.createTokenizer(counter);
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
