import { isAncestor } from '../core/graph/ancestry.js';
import { canonicalJson } from '../core/model/canonical.js';
import { HEADS, IMPORTS, symbolic } from '../core/model/refs.js';
import type { Hasher } from '../core/ports/hasher.js';
import type { Change } from '../core/ports/storage.js';
import type { Store } from '../core/store.js';
import type { Reads } from '../core/transaction.js';
import type { ImportSession, Lane } from './import-session.js';
import { safeName } from './names.js';

/** Entries of the ref log looked through to see who moved a branch last. */
const REF_LOG_PAGE = 200;

/** Of a line's id, in its branch's name. */
const SHORT = 8;

/**
 * Moves the import refs to where their lines are now, and the branches that stand on them (SPEC Annex B.9), as one entry of the ref
 * log. Does nothing when nothing moved. An import is an op; a follow is one op from start to stop (Annex B.7), begun elsewhere.
 */
export async function publishLanes(
  store: Store,
  sessions: readonly ImportSession[],
  action: 'import' | 'follow',
): Promise<void> {
  const [main] = sessions;
  const { hasher, defaultBranch } = store.env;
  const changes = (reads: Reads): readonly Change[] =>
    sessions.flatMap((session) => [...new Lanes(reads, session, hasher, defaultBranch).changes()]);
  if (main === undefined || changes(store.storage).length === 0) return;
  const detail = `${action} of session ${main.event.key}`;
  await store.session.run(main.tractId, { name: action, detail, op: action === 'import' }, ({ tx }) => {
    for (const change of changes(tx)) tx.put(change);
  });
}

/** The refs of one conversation: where they are, and where its lines want them. */
class Lanes {
  constructor(
    private readonly reads: Reads,
    private readonly session: ImportSession,
    private readonly hasher: Hasher,
    private readonly defaultBranch: string,
  ) {}

  *changes(): Generator<Change> {
    const { tractId, lanes, lastLane } = this.session;
    if (lanes.every((lane) => lane.tip === null)) return;
    const row = this.session.row(this.reads);
    if (canonicalJson({ ...this.reads.tract(tractId) }) !== canonicalJson({ ...row }))
      yield { kind: 'tract', tract: row };
    const isFirst = this.reads.ref(tractId, 'HEAD') === undefined;
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
    if (isFirst && head !== undefined) yield { kind: 'ref', tractId, name: 'HEAD', value: symbolic(head) };
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
