import { isAncestor } from '../core/graph/ancestry.js';
import { canonicalJson } from '../core/model/canonical.js';
import type { StoredOp } from '../core/model/op.js';
import { HEADS, IMPORTS, symbolic, type RefChange, type RefValue } from '../core/model/refs.js';
import { toTimestampIso } from '../core/model/timestamp.js';
import type { Hasher } from '../core/ports/hasher.js';
import type { Change } from '../core/ports/storage.js';
import { completedOp, startedOp } from '../core/records/op.js';
import type { Store } from '../core/store.js';
import type { Reads, Transaction } from '../core/transaction.js';
import type { ImportSession, Lane } from './import-session.js';
import { safeName } from './names.js';

/** Entries of the ref log looked through to see who moved a branch last. */
const REF_LOG_PAGE = 200;

/** Of a line's id, in its branch's name. */
const SHORT = 8;

/**
 * What moves the refs of the imported lines to where the lines are now, and the branches that stand on them (SPEC Annex B.9).
 * Moving is part of the batches that bring the commits, so that what a crash leaves can be seen; the ref log gets one entry, and the
 * op log one op, for all the moves from `begin` to `end` (Annex B.7).
 */
export class Publisher {
  private readonly moved = new Map<string, Map<string, RefChange>>();
  /** Tracts that had no HEAD before, with the one they were given: until the import ends it goes with the line written last. */
  private readonly heads = new Map<string, RefValue>();
  private op: StoredOp | undefined;

  constructor(
    private readonly store: Store,
    private readonly action: 'import' | 'follow',
  ) {}

  /** Begins the op when there is something to move: before the first batch that moves it. */
  async prepare(main: ImportSession, sessions: readonly ImportSession[], tx: Transaction): Promise<void> {
    if (this.op !== undefined || this.changes(sessions, tx).length === 0) return;
    const detail = `start of ${this.action}`;
    await this.store.session.run(main.tractId, { name: this.action, detail }, async (scope) => {
      this.op = await startedOp(scope, this.action, true);
      if (scope.tx.tract(main.tractId) === undefined) scope.tx.put({ kind: 'tract', tract: main.row(scope.tx) });
      scope.tx.put({ kind: 'op', op: this.op });
    });
  }

  /** Moves, in the batch that brings the commits, what has to move, and says so in the tracts' rows. */
  move(sessions: readonly ImportSession[], tx: Transaction): void {
    for (const change of this.changes(sessions, tx)) {
      if (change.kind === 'ref') this.note(change);
      tx.put(change);
    }
  }

  /** The entries of the ref log for the moves since the last ones. */
  async log(): Promise<void> {
    const { storage, env } = this.store;
    const at = toTimestampIso(env.clock());
    const { action } = this;
    const entries = [...this.moved].map(([tractId, refs]): Change => {
      const changes = [...refs.values()].filter(({ before, after }) => before !== after);
      return {
        kind: 'refLog',
        entry: { tractId, at, action, detail: `${action} of a session`, kind: 'move', of: null, changes },
      };
    });
    this.moved.clear();
    this.heads.clear();
    if (entries.length > 0) await storage.write(entries);
  }

  /** Closes the op, if there was anything to do. */
  async end(outcome: 'done' | 'failed' | 'abandoned', errorCode: string | null = null): Promise<void> {
    const { op } = this;
    this.op = undefined;
    if (op === undefined) return;
    const detail = `end of ${this.action}`;
    await this.store.session.run(op.tractId, { name: this.action, detail }, ({ tx, env }) => {
      tx.put({ kind: 'op', op: { ...completedOp(op, tx, env), outcome, errorCode } });
    });
  }

  private changes(sessions: readonly ImportSession[], tx: Transaction): readonly Change[] {
    const { hasher, defaultBranch } = this.store.env;
    return sessions.flatMap((session) => [
      ...new Lanes(tx, session, hasher, defaultBranch).changes(this.heads.get(session.tractId)),
    ]);
  }

  private note({ tractId, name, value }: Extract<Change, { kind: 'ref' }>): void {
    const refs = this.moved.get(tractId) ?? new Map<string, RefChange>();
    this.moved.set(tractId, refs);
    if (name === 'HEAD' && value !== null) this.heads.set(tractId, value);
    const known = refs.get(name);
    const before = known === undefined ? (this.store.storage.ref(tractId, name) ?? null) : known.before;
    refs.set(name, { ref: name, before, after: value });
  }
}

/** The refs of one conversation: where they are, and where its lines want them. */
class Lanes {
  constructor(
    private readonly reads: Reads,
    private readonly session: ImportSession,
    private readonly hasher: Hasher,
    private readonly defaultBranch: string,
  ) {}

  /** `ownHead`: the HEAD that this import gave the tract. */
  *changes(ownHead: RefValue | undefined): Generator<Change> {
    const { tractId, lanes, lastLane } = this.session;
    if (lanes.every((lane) => lane.tip === null)) return;
    const row = this.session.row(this.reads);
    if (canonicalJson({ ...this.reads.tract(tractId) }) !== canonicalJson({ ...row }))
      yield { kind: 'tract', tract: row };
    const isFirst = this.reads.ref(tractId, 'HEAD') === ownHead;
    let head: string | undefined;
    for (const [index, lane] of lanes.entries()) {
      const { ref, before, suffix } = this.importRef(lane);
      if (lane.tip === null || ref === undefined) continue;
      yield* this.move(ref, lane.tip);
      const names = this.branchNames(index, lane, suffix);
      const tip = lane.tip;
      const branch =
        before === undefined
          ? names.find((name) => this.reads.ref(tractId, name) === undefined)
          : names.find((name) => this.follows(name, before, tip));
      if (branch === undefined) continue;
      yield* this.move(branch, tip);
      if (index === lastLane || head === undefined) head = branch;
    }
    if (isFirst && head !== undefined) yield* this.move('HEAD', symbolic(head));
  }

  private *move(name: string, value: string): Generator<Change> {
    const { tractId } = this.session;
    if (this.reads.ref(tractId, name) !== value) yield { kind: 'ref', tractId, name, value };
  }

  /**
   * The import ref of a line and where it is. A line only grows: a file that goes another way than an earlier import of the same
   * session (lists without ids can) gets a ref of its own; an older version of a file moves nothing (`ref` undefined).
   */
  private importRef(lane: Lane): { readonly ref?: string; readonly before?: string; readonly suffix: string } {
    const base = `${IMPORTS}${this.session.refName}/${safeName(lane.id, this.hasher)}`;
    const { tip } = lane;
    const taken = this.reads.refs(this.session.tractId, base);
    if (tip === null) return { suffix: '' };
    for (const [ref, before] of taken) {
      const suffix = ref.slice(base.length);
      if (suffix !== '' && !/^-[0-9a-f]{8}$/.test(suffix)) continue;
      if (this.isAncestor(before, tip)) return { ref, before, suffix };
      if (this.isAncestor(tip, before)) return { suffix };
    }
    const suffix = taken.has(base) ? `-${tip.slice(0, 8)}` : '';
    return { ref: base + suffix, suffix };
  }

  /** Names for the branch of a line, best first: the next one when a name is another's. */
  private branchNames(index: number, lane: Lane, suffix: string): readonly string[] {
    const leaf = safeName(lane.id, this.hasher);
    const forks = [`fork-${leaf.slice(0, SHORT)}`, `fork-${leaf}`];
    const others = this.session.lanes.slice(1, index);
    const isShared = others.some((other) => safeName(other.id, this.hasher).slice(0, SHORT) === leaf.slice(0, SHORT));
    const names = index === 0 ? [this.defaultBranch, ...forks] : isShared ? forks.slice(1) : forks;
    return names.map((name) => HEADS + name + suffix);
  }

  /** A branch follows its line while it stands on it: once the person has moved or deleted it, it is theirs (Annex B.9). */
  private follows(branch: string, before: string, tip: string): boolean {
    const at = this.reads.ref(this.session.tractId, branch);
    if (at === undefined) return false;
    return at === before || (this.isAncestor(at, tip) && this.movedByImport(branch, at));
  }

  private movedByImport(branch: string, at: string): boolean {
    const entries = this.reads.refLog(this.session.tractId, { limit: REF_LOG_PAGE });
    for (const { action, kind, changes } of entries) {
      const change = changes.find(({ ref }) => ref === branch);
      if (change !== undefined)
        return kind === 'move' && (action === 'import' || action === 'follow') && change.after === at;
    }
    return false;
  }

  private isAncestor(hash: string, of: string): boolean {
    const ancestor = this.reads.commit(hash);
    const commit = this.reads.commit(of);
    return ancestor !== undefined && commit !== undefined && isAncestor(this.reads, ancestor, commit);
  }
}
