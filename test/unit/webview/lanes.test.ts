import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { layOutLanes, type LaneCommit } from '../../../webview/graph/lanes.js';

const commit = (hash: string, ...parents: string[]): LaneCommit => ({ hash, parents });

describe('commit graph lanes (SPEC §15 Graph)', () => {
  it('draws one line for one branch', () => {
    const rows = layOutLanes([commit('c', 'b'), commit('b', 'a'), commit('a')]);
    assert.deepEqual(
      rows.map((row) => row.lane),
      [0, 0, 0],
    );
    assert.deepEqual(rows[0]?.edges, [{ from: 0, to: 0, color: 0, kind: 'out' }]);
    assert.deepEqual(rows[2]?.edges, [{ from: 0, to: 0, color: 0, kind: 'in' }]);
    assert.equal(rows[1]?.width, 1);
  });

  it('opens a lane for a merged branch and closes it at the fork', () => {
    const rows = layOutLanes([commit('m', 'b', 's'), commit('s', 'a'), commit('b', 'a'), commit('a')]);
    assert.deepEqual(
      rows.map((row) => row.lane),
      [0, 1, 0, 0],
    );
    assert.deepEqual(rows[0]?.edges, [
      { from: 0, to: 0, color: 0, kind: 'out' },
      { from: 0, to: 1, color: 1, kind: 'out' },
    ]);
    assert.deepEqual(rows[3]?.edges, [
      { from: 0, to: 0, color: 0, kind: 'in' },
      { from: 1, to: 0, color: 1, kind: 'in' },
    ]);
  });

  it('gives a second branch head its own lane and reuses freed ones', () => {
    const rows = layOutLanes([
      commit('main', 'a'),
      commit('x', 'a'),
      commit('a', 'root'),
      commit('y', 'root'),
      commit('root'),
    ]);
    assert.deepEqual(
      rows.map((row) => row.lane),
      [0, 1, 0, 1, 0],
    );
  });

  it('runs on to the end when a parent is not loaded', () => {
    const rows = layOutLanes([commit('b', 'missing'), commit('x', 'other')]);
    assert.deepEqual(rows[1]?.edges, [
      { from: 0, to: 0, color: 0, kind: 'through' },
      { from: 1, to: 1, color: 1, kind: 'out' },
    ]);
  });

  it('joins every line that leaves a row to one that enters the next, for any graph', () => {
    const graphs = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 60 }).map((steps) =>
      steps.map(([first, second, merge], index): LaneCommit => {
        const parents = [index + 1 + first, ...(merge ? [index + 2 + first + second] : [])];
        return { hash: String(index), parents: parents.filter((at) => at < steps.length).map(String) };
      }),
    );
    fc.assert(
      fc.property(graphs, (commits) => {
        const rows = layOutLanes(commits);
        for (const [index, row] of rows.entries()) {
          const below = rows[index + 1];
          const leaving = new Set(row.edges.filter((edge) => edge.kind !== 'in').map((edge) => edge.to));
          const entering = new Set(below?.edges.filter((edge) => edge.kind !== 'out').map((edge) => edge.from));
          if (below) assert.deepEqual([...leaving].sort(), [...entering].sort());
          for (const edge of row.edges) assert.ok(edge.from < row.width && edge.to < row.width);
        }
      }),
      { numRuns: 300 },
    );
  });
});
