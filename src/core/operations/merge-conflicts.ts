import type { Environment } from '../environment.js';
import { slotOf, type Slot, type Snapshot } from '../compile/snapshot.js';
import { commitsBetween } from '../graph/history.js';
import type { StoredCommit } from '../model/commit.js';
import type { MergeConflict } from '../model/errors.js';
import type { Reads } from '../transaction.js';

/** Something about a merge that is no conflict but worth a look (SPEC §9.2). */
export interface Advisory {
  readonly target: string;
  readonly text: string;
}

/** One side of a merge since the base: which messages it touched, and how. */
interface Side {
  readonly snapshot: Snapshot;
  readonly edited: ReadonlySet<string>;
  readonly annotated: ReadonlySet<string>;
  readonly compressed: ReadonlySet<string>;
  readonly appended: number;
}

/** What two histories do to the same messages since their base (SPEC §9.2). */
export async function findConflicts(
  store: Reads,
  env: Environment,
  commits: { readonly base: StoredCommit | null; readonly ours: StoredCommit; readonly theirs: StoredCommit },
): Promise<{ readonly conflicts: readonly MergeConflict[]; readonly advisories: readonly Advisory[] }> {
  const base = await env.compiler.snapshot(store, commits.base?.commitHash ?? null);
  const ours = await sideOf(store, env, commits.ours, commits.base);
  const theirs = await sideOf(store, env, commits.theirs, commits.base);
  const touched = new Set([...ours.edited, ...ours.annotated, ...theirs.edited, ...theirs.annotated]);
  const conflicts: MergeConflict[] = [];
  for (const target of touched) {
    const a = slotOf(ours.snapshot, target);
    const b = slotOf(theirs.snapshot, target);
    if (slotOf(base, target) && a && b) conflicts.push(...conflictsOf(target, ours, theirs, a, b));
  }
  return {
    conflicts,
    advisories: [...advisoriesOf(base, ours, theirs, 'their'), ...advisoriesOf(base, theirs, ours, 'our')],
  };
}

function conflictsOf(target: string, ours: Side, theirs: Side, a: Slot, b: Slot): MergeConflict[] {
  const found: MergeConflict[] = [];
  if (ours.edited.has(target) && theirs.edited.has(target) && !sameText(a, b))
    found.push({ kind: 'both-edit', target, ours: a.text, theirs: b.text });
  const skippedByOurs = ours.annotated.has(target) && a.priority === 'skip' && b.priority !== 'skip';
  const skippedByTheirs = theirs.annotated.has(target) && b.priority === 'skip' && a.priority !== 'skip';
  if (ours.edited.has(target) && skippedByTheirs)
    found.push({ kind: 'edit-skip', target, ours: a.text, theirs: 'skip' });
  if (theirs.edited.has(target) && skippedByOurs)
    found.push({ kind: 'edit-skip', target, ours: 'skip', theirs: b.text });
  if (ours.annotated.has(target) && theirs.annotated.has(target) && a.priority !== b.priority) {
    found.push({ kind: 'both-annotate', target, ours: a.priority, theirs: b.priority });
  }
  return found;
}

function sameText(a: Slot, b: Slot): boolean {
  return (
    a.text === b.text &&
    a.role === b.role &&
    a.name === b.name &&
    JSON.stringify(a.toolCalls) === JSON.stringify(b.toolCalls)
  );
}

async function sideOf(store: Reads, env: Environment, tip: StoredCommit, base: StoredCommit | null): Promise<Side> {
  const edited = new Set<string>();
  const annotated = new Set<string>();
  const compressed = new Set<string>();
  let appended = 0;
  for (const commit of commitsBetween(store, tip, base)) {
    // A merge's resolutions settle text and priority of their targets at once.
    const sets =
      commit.extraParents.length > 0
        ? [edited, annotated]
        : commit.operation === 'edit'
          ? [edited]
          : commit.operation === 'annotate'
            ? [annotated]
            : commit.operation === 'compress'
              ? [compressed]
              : [];
    for (const target of commit.targets) for (const set of sets) set.add(target);
    if (commit.operation === 'append' && commit.extraParents.length === 0) appended++;
  }
  return { snapshot: await env.compiler.snapshot(store, tip.commitHash), edited, annotated, compressed, appended };
}

function advisoriesOf(base: Snapshot, editing: Side, other: Side, whose: string): readonly Advisory[] {
  const found: Advisory[] = [];
  for (const target of editing.edited) {
    const slot = slotOf(base, target);
    if (!slot) continue;
    const short = target.slice(0, 8);
    if (other.compressed.has(target))
      found.push({
        target,
        text: `${short} is edited on one side and compressed on the other: the summary stands, the edit shows when it is expanded.`,
      });
    else if (other.appended > 0)
      found.push({
        target,
        text: `${short} is edited while ${whose} side went on: ${other.appended} message${other.appended === 1 ? ' was' : 's were'} written with the text before the edit.`,
      });
  }
  return found;
}
