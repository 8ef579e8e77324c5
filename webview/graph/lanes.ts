/** What the layout needs of a commit. */
export interface LaneCommit {
  readonly hash: string;
  readonly parents: readonly string[];
}

/** A line through one row, from a lane at its upper edge to a lane at its lower edge. */
export interface LaneEdge {
  readonly from: number;
  readonly to: number;
  /** The lane whose colour it has. */
  readonly color: number;
  /** `through`: from edge to edge; `in`: from above into this row's commit; `out`: from the commit down to a parent. */
  readonly kind: 'through' | 'in' | 'out';
}

export interface LaneRow {
  readonly lane: number;
  readonly edges: readonly LaneEdge[];
  /** How many lanes the row needs. */
  readonly width: number;
}

/**
 * Lays out a commit graph: commits come children before parents; each gets a lane, first parents keep their child's lane, so that a
 * branch is a straight line; further parents take the first free lane. A lane ends where its commit joins another one. Lanes whose
 * parent is not loaded run on to the end.
 *
 * O(commits × lanes in use).
 */
export function layOutLanes(commits: readonly LaneCommit[]): readonly LaneRow[] {
  /** The commit that each lane waits for; null: free. */
  let lanes: (string | null)[] = [];
  return commits.map(({ hash, parents }) => {
    const waiting = lanes.flatMap((wanted, lane) => (wanted === hash ? [lane] : []));
    const lane = waiting[0] ?? firstFree(lanes);
    const edges: LaneEdge[] = waiting.map((from) => ({ from, to: lane, color: from, kind: 'in' }));
    lanes.forEach((wanted, at) => {
      if (wanted !== null && wanted !== hash) edges.push({ from: at, to: at, color: at, kind: 'through' });
    });
    const before = lanes.length;
    const next = lanes.map((wanted) => (wanted === hash ? null : wanted));
    while (next.length <= lane) next.push(null);
    parents.forEach((parent, index) => {
      const known = next.indexOf(parent);
      // A first parent that another lane already waits for is joined there only by lines that are not its own: a straight lane
      // down to the fork reads better than a jump at once.
      const to = index === 0 ? lane : known >= 0 ? known : firstFree(next);
      next[to] = parent;
      edges.push({ from: lane, to, color: to, kind: 'out' });
    });
    lanes = next;
    while (lanes.at(-1) === null) lanes.pop();
    return { lane, edges, width: Math.max(before, lanes.length, lane + 1) };
  });
}

function firstFree(lanes: readonly (string | null)[]): number {
  const free = lanes.indexOf(null);
  return free >= 0 ? free : lanes.length;
}
