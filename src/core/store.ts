import { Compiler } from './compile/compiler.js';
import type { Environment } from './environment.js';
import {
  checkArgument,
  checkOptions,
  FLAG,
  MODEL,
  OBJECT,
  orNull,
  PATH,
  STORED_NAME,
  STORED_TEXT,
  TEXT,
} from './model/arguments.js';
import { InvalidArgumentError, TractNotFoundError } from './model/errors.js';
import { validateBudget } from './operations/budget.js';
import { doctor, type DoctorReport } from './operations/doctor.js';
import { exportTract, importTract } from './operations/export.js';
import { planGc, type GcOptions, type GcResult } from './operations/gc.js';
import { BRANCH_NAME } from './operations/ref-name.js';
import type { TextFiles } from './ports/files.js';
import type { StoredTract } from './model/tract.js';
import { toTimestampIso } from './model/timestamp.js';
import type { AsyncScope } from './ports/async-scope.js';
import type { Change, Storage } from './ports/storage.js';
import { selectionRow } from './records/file-selection.js';
import { completedOp, startedOp } from './records/op.js';
import { parseMetricsRow, tokenEfficiency, type TokenEfficiency } from './records/token-efficiency.js';
import { StoreSession, type OpListener, type Session } from './session.js';
import { Tract } from './tract.js';
import { Transaction } from './transaction.js';
import { Turn } from './turn.js';

export interface StoreOptions extends Omit<Environment, 'compiler'> {
  /** Null: the one of the core. */
  readonly compiler: Environment['compiler'] | null;
  readonly compileCacheSize: number;
  readonly verifyCache: boolean;
  readonly batches: AsyncScope<Session> | null;
}

/** What differs from tract to tract of one store: who operates, under which budget, with which model. */
export type TractOptions = Partial<
  Pick<Environment, 'budget' | 'model' | 'actor' | 'missionId' | 'wpId' | 'defaultBranch'>
>;

/** One store: many tracts in one storage (SPEC §1), one compiler, one turn for writers. */
export class Store {
  readonly storage: Storage;
  readonly env: Environment;
  readonly #batches: AsyncScope<Session> | null;
  /** Shared by all sessions of the store: one operation at a time prepares its changes. */
  readonly #turn = new Turn();
  readonly #opListeners = new Set<OpListener>();
  readonly #onClose: (() => Promise<void>)[] = [];
  readonly session: StoreSession;

  constructor(storage: Storage, options: StoreOptions) {
    const { compileCacheSize, verifyCache, compiler, batches, ...env } = options;
    this.storage = storage;
    this.env = {
      ...env,
      compiler: compiler ?? new Compiler({ ...env, cacheSize: compileCacheSize, verify: verifyCache }),
    };
    this.#batches = batches;
    this.session = this.#newSession(this.env);
  }

  /** All tracts, in the order they were made. */
  tracts(): readonly StoredTract[] {
    return this.storage.tracts();
  }

  /** @throws TractNotFoundError, InvalidArgumentError */
  tract(tractId: string, options: TractOptions = {}): Tract {
    checkArgument('tractId', tractId, TEXT);
    checkTractOptions(options);
    if (!this.storage.tract(tractId)) throw new TractNotFoundError(tractId);
    const env: Environment = { ...this.env, ...options };
    const session = Object.keys(options).length === 0 ? this.session : this.#newSession(env);
    return new Tract(tractId, session, env, {
      batch: (run) => session.batch(run),
      gc: (id, gcOptions) => this.#gc(session, gcOptions, id),
      doctor: () => this.doctor(),
      exportTo: (id, file) => this.exportTract(id, file),
      close: () => this.close(),
    });
  }

  /** Makes a tract; an existing id is opened. Resolves when durable. @throws InvalidArgumentError */
  async create(
    options: Partial<Pick<StoredTract, 'tractId' | 'name' | 'spawn' | 'source'>> & TractOptions = {},
  ): Promise<Tract> {
    checkTractOptions(options);
    const { tractId = this.env.newId(), name, spawn = null, source = null, ...rest } = options;
    if (!this.storage.tract(tractId)) {
      await this.session.run(tractId, { name: 'create', detail: 'new tract' }, ({ tx, env }) => {
        if (tx.tract(tractId)) return;
        const tract: StoredTract = {
          tractId,
          name: name ?? tractId,
          createdAt: toTimestampIso(env.clock()),
          spawn,
          collapsedInto: null,
          source,
        };
        tx.put({ kind: 'tract', tract });
      });
    }
    return this.tract(tractId, rest);
  }

  /**
   * What holds from now on where no options of a tract say otherwise: for imports and GC (SPEC §13).
   * @throws InvalidArgumentError
   */
  configure(options: Pick<TractOptions, 'missionId' | 'wpId' | 'defaultBranch'>): void {
    checkTractOptions(options);
    Object.assign(this.env, options);
  }

  /** Called with every op once it is durable: started ones (`completedAt` null) and completed ones. Returns the way to stop. */
  onOp(listener: OpListener): () => void {
    this.#opListeners.add(listener);
    return () => this.#opListeners.delete(listener);
  }

  /** After a crash: calls that were under way are marked `interrupted` (SPEC §7). Does nothing when another process writes. */
  async recover(): Promise<void> {
    const pending = this.storage.readOnlyReason === null ? this.storage.pendingRecords() : [];
    if (pending.length === 0) return;
    await this.storage.write(
      pending.flatMap((record): Change[] => {
        const row = selectionRow(record, 'interrupted');
        return [
          { kind: 'recordUpdate', id: record.id, update: { outcome: 'interrupted' } },
          ...(row === null ? [] : [{ kind: 'metrics', row } as const]),
        ];
      }),
    );
  }

  /**
   * Adds a row to `token_efficiency_metrics` (SPEC §12, Annex B.15), by its column names; amounts left out are 0, the time is now. The
   * first row of a (run, phase, outcome) wins: false when there was one. Resolves when durable.
   * @throws InvalidArgumentError naming the column
   */
  async recordTokenEfficiency(row: Readonly<Record<string, unknown>>): Promise<boolean> {
    const parsed = parseMetricsRow(row, toTimestampIso(this.env.clock()));
    return this.session.run('', { name: 'metrics', detail: 'token efficiency', logged: false }, ({ tx }) => {
      const known = this.storage
        .metrics(parsed.run_id)
        .some(({ phase, outcome }) => phase === parsed.phase && outcome === parsed.outcome);
      if (!known) tx.put({ kind: 'metrics', row: parsed });
      return !known;
    });
  }

  /** Totals, averages and counts over the rows of a run; zeros and `{}` when there are none (SPEC §12, Annex B.15). */
  tokenEfficiency(runId: string): TokenEfficiency {
    checkArgument('The id of a run', runId, TEXT);
    return tokenEfficiency(this.storage.metrics(runId).map((row) => parseMetricsRow(row)));
  }

  /** Garbage collection over all tracts (SPEC §9.6); the op belongs to `tractId`. */
  gc(options: GcOptions = {}, tractId = ''): Promise<GcResult> {
    return this.#gc(this.session, options, tractId);
  }

  async #gc(session: StoreSession, options: GcOptions, tractId: string): Promise<GcResult> {
    checkOptions(options, { dryRun: FLAG });
    if (options.dryRun) return planGc(this.storage, this.env, options).result;
    return session.run(tractId, { name: 'gc', detail: 'garbage collection', op: true }, ({ tx, env }) => {
      const { result, changes } = planGc(this.storage, env, options);
      for (const change of changes) tx.put(change);
      return result;
    });
  }

  doctor(): Promise<DoctorReport> {
    return doctor(this.storage, this.env);
  }

  /** @throws TractNotFoundError, InvalidArgumentError on hosts without files */
  async exportTract(tractId: string, file: string): Promise<void> {
    checkArgument('The file', file, PATH);
    return this.#files().write(file, exportTract(this.storage, tractId));
  }

  /**
   * An op of its own, unless there was nothing new in it (SPEC §13). Those that the file brings along were done elsewhere: they are in the log, and nobody is told of them.
   * @throws FormatError; nothing is changed then
   */
  async importTract(file: string): Promise<Tract> {
    checkArgument('The file', file, PATH, 'Nothing was imported.');
    const untold = new StoreSession(this.storage, this.env, this.#turn, this.#batches, new Set());
    const { tractId, op } = await untold.run(
      '',
      { name: 'import', detail: 'import of a tract', logged: false },
      async ({ tx, env }) => {
        const tractId = await importTract(tx, env, this.#files().lines(file));
        if (tx.changes.length === 0) return { tractId, op: null };
        const before = { tx: new Transaction(this.storage), tractId, env };
        const op = completedOp(await startedOp(before, 'import', this.#opListeners.size > 0), tx, env);
        tx.put({ kind: 'op', op });
        return { tractId, op };
      },
    );
    if (op !== null) for (const listener of this.#opListeners) listener(op);
    return this.tract(tractId);
  }

  #files(): TextFiles {
    if (!this.env.files) throw new InvalidArgumentError('This host has no files to read or write.');
    return this.env.files;
  }

  /** What must end with the store, before it. */
  onClose(listener: () => Promise<void>): void {
    this.#onClose.push(listener);
  }

  async close(): Promise<void> {
    for (const listener of this.#onClose.splice(0)) await listener();
    await this.storage.close();
  }

  #newSession(env: Environment): StoreSession {
    return new StoreSession(this.storage, env, this.#turn, this.#batches, this.#opListeners);
  }
}

/** @throws InvalidArgumentError before anything is made (SPEC Annex A) */
function checkTractOptions(options: TractOptions): void {
  const kinds = {
    tractId: STORED_NAME,
    name: STORED_TEXT,
    budget: orNull(OBJECT),
    model: orNull(MODEL),
    actor: STORED_TEXT,
    missionId: orNull(STORED_TEXT),
    wpId: orNull(STORED_TEXT),
    defaultBranch: BRANCH_NAME,
  };
  checkOptions(options, kinds);
  if (options.budget) validateBudget(options.budget);
}
