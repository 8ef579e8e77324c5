import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../../src/core/store.js';
import type { Tract } from '../../../../src/core/tract.js';
import type { CompiledContext, Model, ModelEvent } from '../../../../src/library.js';
import { countTokens, openStore } from '../../../../src/library.js';
import { Reference } from './reference.js';

/** Where a sequence starts: what the storage is, how many snapshots are kept. */
export interface Setting {
  readonly durable: boolean;
  readonly cache: number;
}

const START = Date.UTC(2026, 0, 1);
const counted = new Map<string, number>();

/** The real tokenizer, remembered: the words of these tests repeat. */
export function count(text: string): number {
  const known = counted.get(text) ?? countTokens(text);
  counted.set(text, known);
  return known;
}

/** A model that says what it was told to say, or fails. */
export class ScriptedModel implements Model {
  readonly id = 'scripted/one';
  events: readonly ModelEvent[] = [];
  failure: Error | null = null;

  async *send(): AsyncGenerator<ModelEvent> {
    await Promise.resolve();
    yield* this.events;
    if (this.failure) throw this.failure;
  }
}

/** One store under test, with a naive reference beside it and the memory of every context it ever compiled to. */
export class World {
  readonly #known = new Map<string, string>();
  readonly model = new ScriptedModel();
  readonly #setting: Setting;
  #directory: string | null = null;
  #ticks = 0;
  #store: Store | undefined;
  #tract: Tract | undefined;
  #reference: Reference | undefined;

  private constructor(setting: Setting) {
    this.#setting = setting;
  }

  static async open(setting: Setting): Promise<World> {
    const world = new World(setting);
    if (setting.durable) world.#directory = await mkdtemp(join(tmpdir(), 'tract-laws-'));
    await world.#open();
    return world;
  }

  get store(): Store {
    assert.ok(this.#store);
    return this.#store;
  }

  get tract(): Tract {
    assert.ok(this.#tract);
    return this.#tract;
  }

  get reference(): Reference {
    assert.ok(this.#reference);
    return this.#reference;
  }

  get durable(): boolean {
    return this.#setting.durable;
  }

  async #open(): Promise<void> {
    this.#store = await openStore({
      ...(this.#directory === null ? {} : { directory: this.#directory }),
      // Two calls a millisecond: order must be the graph's, never the clock's (§4).
      clock: () => new Date(START + (this.#ticks++ >> 1)),
      compileCacheSize: this.#setting.cache,
      verifyCache: true,
      model: this.model,
    });
    this.#tract = await this.#store.create({ tractId: 'laws', name: 'laws' });
    this.#reference = new Reference(this.#store.storage, count);
  }

  /** Closes and opens the store, as a window that is closed and opened does. In memory: nothing. */
  async reopen(): Promise<void> {
    if (!this.durable) return;
    const before = this.imprint();
    await this.store.close();
    await this.#open();
    assert.deepEqual(this.imprint(), before, '§16: reopening changed the store');
  }

  async close(): Promise<void> {
    await this.store.close();
    if (this.#directory !== null) await rm(this.#directory, { recursive: true, force: true });
  }

  /** Everything an operation can change, to see that a failed one did not. */
  imprint(): Readonly<Record<string, unknown>> {
    const { storage } = this.store;
    const all = { limit: Number.MAX_SAFE_INTEGER };
    return {
      refs: this.refs(),
      commits: [...storage.commitHashes()].length,
      contents: [...storage.contentSizes()].length,
      lastMove: storage.refLog('laws', { limit: 1 })[0]?.seq ?? -1,
      ops: storage.ops(all).length,
      tracts: storage.tracts().length,
      records: storage.records('laws', all).map(({ id, outcome }) => `${id} ${outcome}`),
    };
  }

  refs(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.store.storage.refs('laws'));
  }

  branchNames(): readonly string[] {
    return [...this.store.storage.refs('laws', 'refs/heads/').keys()].map((ref) => ref.slice('refs/heads/'.length));
  }

  /** Laws 1 and 2 for one commit: equals the reference, and what it ever was. */
  async check(hash: string): Promise<CompiledContext> {
    const context = await this.tract.compile({ at: hash });
    const expected = await this.reference.messages(hash);
    assert.deepEqual(
      context.messages.map(
        ({ direction: _direction, generationConfig: _config, contentType: _type, ...message }) => message,
      ),
      expected,
      `law 1: ${hash.slice(0, 8)} differs from the reference fold`,
    );
    const own = expected.reduce((sum, message) => sum + message.tokenCount, expected.length === 0 ? 0 : 3);
    const tools = context.tools === null || expected.length === 0 ? 0 : count(JSON.stringify(context.tools));
    assert.equal(context.estimatedTokens, own + tools, 'law 1: tokens are the sum of the parts (§6)');
    assert.equal(context.commitCount, expected.length);
    const print = fingerprint(context);
    assert.equal(this.#known.get(hash) ?? print, print, `law 2: ${hash.slice(0, 8)} compiles to something else now`);
    this.#known.set(hash, print);
    return context;
  }

  /** Law 2 for every commit ever compiled that is still there. */
  async checkAll(): Promise<void> {
    for (const hash of this.#known.keys()) if (this.store.storage.commit(hash)) await this.check(hash);
  }

  /** Law 2 in another store: what it holds compiles to what it was here. */
  async checkIn(tract: Tract, has: (hash: string) => boolean): Promise<void> {
    for (const [hash, print] of this.#known) {
      if (has(hash)) assert.equal(fingerprint(await tract.compile({ at: hash })), print, 'law 5: imported differently');
    }
  }

  /** Law 6: every record still reproduces its context. */
  async checkRecords(): Promise<void> {
    for (const { id, contextHash } of await this.tract.compileRecords({ limit: 1_000 })) {
      const record = await this.tract.compileRecord(id);
      const context = await record?.reproduce();
      assert.equal(context?.contextHash, contextHash, 'law 6: a record does not reproduce');
      assert.deepEqual(record?.commitHashes, context.commitHashes, '§7: the effective commits');
    }
  }

  get heads(): ReadonlyMap<string, string> {
    return this.#known;
  }
}

/** The pure part of a context (§5), as one text. */
export function fingerprint(context: CompiledContext): string {
  const { messages, commitHashes, contextHash, estimatedTokens, commitCount, tools } = context;
  return JSON.stringify({ messages, commitHashes, contextHash, estimatedTokens, commitCount, tools });
}
