import * as vscode from 'vscode';
import { readHead } from '../../core/operations/head.js';
import { lastRedoable, lastUndoable } from '../../core/operations/undo.js';
import { HEADS, TAGS } from '../../core/model/refs.js';
import type { Store, TractOptions } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { contextBudget } from '../context-budget.js';
import { WindowError } from '../errors.js';
import { readSettings } from '../settings.js';
import { Coalescer } from './coalescer.js';
import { NOTHING_KNOWN, type ContextKeys, type StoreKeys } from './context-keys.js';

const ACTIVE = 'tract.activeTract';
/** Changes closer together than this are one event. */
const QUIET_MS = 40;
/** While changes keep coming (an import), views are told this often. */
const LONGEST_WAIT_MS = 400;

export interface WindowStoreOptions {
  /** Opens the store; called at the first need, and again after `close`. */
  readonly openStore: () => Promise<Store>;
  readonly memory: vscode.Memento;
  readonly keys: ContextKeys;
  readonly log: vscode.LogOutputChannel;
}

/** The store of this window: opened on first need, with the tract that is active here (SPEC §1). */
export class WindowStore implements vscode.Disposable {
  readonly #options: WindowStoreOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #opened = new vscode.EventEmitter<Store>();
  readonly #changes: Coalescer;
  readonly #settings: vscode.Disposable;
  #opening: Promise<Store> | null = null;
  #store: Store | null = null;
  #failure: Error | null = null;
  #stopListening: () => void = () => undefined;

  /** After any change of the store or of what is active, coalesced. */
  readonly onDidChange = this.#changed.event;
  readonly onDidOpen = this.#opened.event;

  constructor(options: WindowStoreOptions) {
    this.#options = options;
    this.#changes = new Coalescer(QUIET_MS, LONGEST_WAIT_MS, () => {
      this.#publish();
    });
    this.#settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('tract')) this.#store?.configure(storeOptions());
    });
  }

  /** The store when it is open already. */
  get opened(): Store | null {
    return this.#store;
  }

  /** What kept the store from being opened at the last try; null when it is open, or was not asked for yet. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** @throws StoreUnreadableError, StoreNewerError; the next call tries again */
  open(): Promise<Store> {
    return this.#opening ?? this.#start(() => this.#open());
  }

  /** For views, which stay empty when the store cannot be opened: that is told once, not once per view. */
  async openIfReadable(): Promise<Store | null> {
    // A view asks again after each event; only a person, or a command, makes another try.
    if (this.#failure !== null) return null;
    return this.open().catch(() => null);
  }

  /**
   * Closes the store, does `work` on its files and opens it again, whether or not that went well. Whoever asks for the store
   * meanwhile waits.
   */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    const closed = this.close();
    let done: { readonly result: T } | { readonly error: unknown } | undefined;
    await this.#start(async () => {
      await closed;
      done = await work().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      return this.#open();
    });
    if (done === undefined || 'error' in done) throw done?.error;
    return done.result;
  }

  #start(open: () => Promise<Store>): Promise<Store> {
    const opening = open().catch((error: unknown) => {
      if (this.#opening === opening) this.#opening = null;
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#publish();
      throw error;
    });
    this.#opening = opening;
    return opening;
  }

  async #open(): Promise<Store> {
    const start = Date.now();
    const store = await this.#options.openStore();
    store.configure(storeOptions());
    this.#store = store;
    this.#stopListening = store.storage.onDidChange(() => {
      this.#changes.poke();
    });
    this.#options.log.info(`Store opened in ${Date.now() - start} ms, ${store.tracts().length} tracts`);
    this.#failure = null;
    this.#opened.fire(store);
    this.#publish();
    return store;
  }

  /** @throws StoreLockedError, StoreReadOnlyError, naming who holds the store or why it takes no changes */
  async requireWritable(): Promise<void> {
    // A batch of nothing is refused for the same reason as any other.
    const { storage } = await this.open();
    if (storage.readOnlyReason !== null) await storage.write([]);
  }

  /** Null when this window may write; else why not, naming the owner. */
  get readOnlyReason(): string | null {
    return this.#store?.storage.readOnlyReason ?? null;
  }

  /** The active tract's id: the one chosen in this workspace, else the newest main one. */
  get activeId(): string | null {
    const tracts = this.#store?.tracts() ?? [];
    const chosen = this.#options.memory.get<string>(ACTIVE);
    if (tracts.some(({ tractId }) => tractId === chosen)) return chosen ?? null;
    return (tracts.findLast(({ spawn }) => spawn === null) ?? tracts.at(-1))?.tractId ?? null;
  }

  async activate(tractId: string): Promise<void> {
    await this.#options.memory.update(ACTIVE, tractId);
    this.#publish();
  }

  /** The active tract, or null when there is none. Opens the store. `as`: who its operations are told to be of (SPEC §13). */
  async active(as: 'user' | 'agent' = 'user'): Promise<Tract | null> {
    const store = await this.open();
    const id = this.activeId;
    return id === null ? null : store.tract(id, { ...this.#tractOptions(store, id), actor: as });
  }

  /** @throws WindowError when there is no tract yet */
  async requireActive(as?: 'user' | 'agent'): Promise<Tract> {
    const tract = await this.active(as);
    if (tract) return tract;
    throw new WindowError(vscode.l10n.t('There is no tract yet. Import a session, or start a new tract.'), [
      'tract.importSession',
      'tract.newTract',
    ]);
  }

  /** @throws TractNotFoundError */
  async tract(tractId: string): Promise<Tract> {
    const store = await this.open();
    return store.tract(tractId, this.#tractOptions(store, tractId));
  }

  /** Makes a tract and makes it the active one. */
  async create(name: string): Promise<Tract> {
    const store = await this.open();
    const tract = await store.create({ name, ...this.#tractOptions(store, '') });
    await this.activate(tract.tractId);
    return tract;
  }

  /** The budget that is held is the one that is shown: the setting, else the model's window (SPEC §11). */
  #tractOptions(
    store: Store,
    tractId: string,
  ): Required<Pick<TractOptions, 'budget' | 'defaultBranch' | 'missionId' | 'wpId'>> {
    const { budget } = readSettings();
    const { max, reserved } = contextBudget(store, tractId);
    return {
      ...storeOptions(),
      budget: {
        ...(max === null ? {} : { maxTokens: max }),
        reserveOutput: reserved,
        action: budget.action,
        callback: (current, max) => {
          this.#options.log.warn(`Over budget: ${current} tokens of ${max}`);
        },
      },
    };
  }

  /** Closes the store; the next need opens it again. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    this.#store = null;
    this.#stopListening();
    await (await opening?.catch(() => null))?.close();
  }

  dispose(): void {
    this.#settings.dispose();
    this.#changes.dispose();
    this.#changed.dispose();
    this.#opened.dispose();
    void this.close();
  }

  #publish(): void {
    this.#options.keys.set(this.#keys());
    this.#changed.fire();
  }

  #keys(): StoreKeys {
    const store = this.#store;
    const id = this.activeId;
    if (!store) return { ...NOTHING_KNOWN, failed: this.#failure !== null };
    const { storage } = store;
    const known = { ...NOTHING_KNOWN, loaded: true, readOnly: storage.readOnlyReason !== null };
    if (id === null) return known;
    const head = readHead(storage, id);
    return {
      ...known,
      hasTracts: true,
      manyTracts: store.tracts().length > 1,
      hasCommits: head.hash !== null,
      manyBranches: storage.refs(id, HEADS).size > 1,
      hasRecords: storage.records(id, { limit: 1 }).length > 0,
      hasTags: storage.refs(id, TAGS).size > 0,
      detached: head.detached,
      canUndo: lastUndoable(storage, id) !== undefined,
      canRedo: lastRedoable(storage, id) !== undefined,
      hasPrevious: storage.ref(id, 'PREV_HEAD') !== undefined,
    };
  }
}

/** Settings that are the same for all tracts, and for what belongs to none (imports, GC). */
function storeOptions(): Required<Pick<TractOptions, 'defaultBranch' | 'missionId' | 'wpId'>> {
  const { defaultBranch, missionId, wpId } = readSettings();
  return { defaultBranch, missionId, wpId };
}
