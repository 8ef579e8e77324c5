import type { Environment } from './environment.js';
import { InvalidArgumentError } from './model/errors.js';
import type { StoredOp } from './model/op.js';
import type { RefChange, RefLogEntry } from './model/refs.js';
import { toTimestampIso } from './model/timestamp.js';
import type { Scope } from './operations/scope.js';
import type { AsyncScope } from './ports/async-scope.js';
import type { Storage } from './ports/storage.js';
import { completedOp, startedOp } from './records/op.js';
import { Transaction, type Reads } from './transaction.js';
import { Turn } from './turn.js';

/** How one operation shows in the logs. */
export interface Action {
  /** `commit`, `reset`, `merge` … (SPEC §13). */
  readonly name: string;
  /** One line for a person. */
  readonly detail: string;
  /** Whether it is an op of its own in the op log (Annex B.7). */
  readonly op?: boolean;
  /** False: the refs that move bring their own log (an imported tract). */
  readonly logged?: boolean;
  /** `undo` and `redo`: their entry points to the one stepped over, which the transaction names. */
  readonly kind?: 'undo' | 'redo';
}

/** Runs operations: against the store, or inside a batch. */
export interface Session {
  /** What reads see. */
  readonly reads: Reads;
  /** Whether what runs now is staged into a batch instead of written. */
  readonly isBatch: boolean;
  /** Resolves when the operation is durable (in a batch: staged); when it throws nothing is changed. */
  run<T>(tractId: string, action: Action, operation: (scope: Scope) => Promise<T> | T): Promise<T>;
}

/** The refs that moved, by tract. */
type Moved = ReadonlyMap<string, readonly RefChange[]>;

export type OpListener = (op: StoredOp) => void;

/**
 * One operation at a time prepares its changes; the write's durability is awaited outside that turn, so that many waiting
 * operations share one flush (group commit).
 */
export class StoreSession implements Session {
  readonly #storage: Storage;
  readonly #env: Environment;
  readonly #batches: AsyncScope<Session> | null;
  readonly #ops: ReadonlySet<OpListener>;
  readonly #turn: Turn;

  constructor(
    storage: Storage,
    env: Environment,
    turn: Turn,
    batches: AsyncScope<Session> | null,
    ops: ReadonlySet<OpListener>,
  ) {
    this.#turn = turn;
    this.#storage = storage;
    this.#env = env;
    this.#batches = batches;
    this.#ops = ops;
  }

  get isBatch(): boolean {
    return this.#batches?.current() !== undefined;
  }

  get reads(): Reads {
    return this.#batches?.current()?.reads ?? this.#storage;
  }

  async run<T>(tractId: string, action: Action, operation: (scope: Scope) => Promise<T> | T): Promise<T> {
    const batch = this.#batches?.current();
    if (batch) return batch.run(tractId, action, operation);
    return this.#exclusive(async () => {
      const tx = new Transaction(this.#storage);
      const scope: Scope = { tractId, tx, env: this.#env };
      const op = action.op ? await startedOp(scope, action.name, this.#ops.size > 0) : null;
      const result = await operation(scope);
      return { result, written: this.#write(tx, action, op) };
    });
  }

  /** Runs many operations as one: one atomic write, one ref-log entry a tract (SPEC §18 `batch`). */
  async batch<T>(run: (session: Session) => Promise<T>): Promise<T> {
    if (this.#batches?.current())
      throw new InvalidArgumentError('A batch cannot be started inside a batch. Nothing was changed.');
    return this.#exclusive(async () => {
      const tx = new Transaction(this.#storage);
      const session = new BatchSession(tx, this.#env);
      const result = await (this.#batches ? this.#batches.run(session, () => run(session)) : run(session));
      session.end();
      return { result, written: this.#write(tx, { name: 'batch', detail: `batch of ${session.operations}` }, null) };
    });
  }

  async #exclusive<T>(prepare: () => Promise<{ readonly result: T; readonly written: Promise<void> }>): Promise<T> {
    const { result, written } = await this.#turn.run(prepare);
    await written;
    return result;
  }

  #write(tx: Transaction, action: Action, op: StoredOp | null): Promise<void> {
    const at = toTimestampIso(this.#env.clock());
    const moved: Moved = action.logged === false ? new Map() : tx.refChanges();
    for (const [tractId, changes] of moved)
      tx.put({ kind: 'refLog', entry: refLogEntry(tractId, at, action, changes, tx) });
    if (op) tx.put({ kind: 'op', op: completedOp(op, tx, this.#env) });
    if (tx.changes.length === 0) return Promise.resolve();
    const ops = tx.changes.flatMap((change) => (change.kind === 'op' ? [change.op] : []));
    const written = this.#storage.write(tx.changes);
    this.#compileAhead(tx, moved);
    return written.then(() => {
      for (const op of ops) for (const listener of this.#ops) listener(op);
    });
  }

  /** While the disk works there is time for what will be asked for next. */
  #compileAhead(tx: Transaction, moved: Moved): void {
    for (const changes of moved.values())
      for (const { before, after } of changes) {
        const commit = after === null ? undefined : tx.staged(after);
        if (commit && commit.parentHash === before) void this.#env.compiler.ahead(this.#storage, commit);
      }
  }
}

function refLogEntry(
  tractId: string,
  at: string,
  action: Action,
  changes: readonly RefChange[],
  tx: Transaction,
): Omit<RefLogEntry, 'seq'> {
  const stepped = action.kind === undefined ? null : tx.stepped;
  return { tractId, at, action: action.name, detail: action.detail, kind: action.kind ?? 'move', of: stepped, changes };
}

/** The operations of one batch share a transaction; one that fails leaves the others as they were. */
class BatchSession implements Session {
  readonly isBatch = true;
  readonly #tx: Transaction;
  readonly #env: Environment;
  readonly #turn = new Turn();
  #ended = false;
  operations = 0;

  constructor(tx: Transaction, env: Environment) {
    this.#tx = tx;
    this.#env = env;
  }

  get reads(): Reads {
    return this.#tx;
  }

  end(): void {
    this.#ended = true;
  }

  async run<T>(tractId: string, action: Action, operation: (scope: Scope) => Promise<T> | T): Promise<T> {
    if (this.#ended)
      throw new InvalidArgumentError(`Cannot ${action.name}: this batch has ended. Nothing was changed.`);
    if (action.kind !== undefined)
      throw new InvalidArgumentError(`Cannot ${action.name} inside a batch. Nothing was changed.`);
    return this.#turn.run(async () => {
      const savepoint = this.#tx.savepoint();
      try {
        const scope: Scope = { tractId, tx: this.#tx, env: this.#env };
        const op = action.op ? await startedOp(scope, action.name, false) : null;
        const result = await operation(scope);
        if (op) this.#tx.put({ kind: 'op', op: completedOp(op, this.#tx, this.#env) });
        this.operations++;
        return result;
      } catch (error) {
        this.#tx.rollbackTo(savepoint);
        throw error;
      }
    });
  }
}
