import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { budgetParts, treemapTiles } from '../../../webview/budget/budget-parts.js';

const view = (over: Partial<Parameters<typeof budgetParts>[0]>) => ({
  max: 200_000,
  reserved: 16_000,
  used: { count: 48_000, exact: false },
  unseen: 2_000,
  warnAt: 0.7,
  errorAt: 0.9,
  ...over,
});

describe('budget bar (SPEC §11)', () => {
  it('shows used, unseen, reserved and free; reserved is not used', () => {
    const parts = budgetParts(view({}));
    assert.equal(parts.free, 134_000);
    assert.equal(parts.used + parts.unseen + parts.reserved + parts.free, 200_000);
    assert.equal(parts.share, 50_000 / 184_000);
    assert.equal(parts.level, 'ok');
  });

  it('counts exactly full as within the budget', () => {
    const parts = budgetParts(view({ used: { count: 182_000, exact: true } }));
    assert.deepEqual([parts.free, parts.over, parts.share], [0, 0, 1]);
    assert.equal(budgetParts(view({ used: { count: 182_001, exact: true } })).over, 1);
  });

  it('turns yellow and red at the thresholds', () => {
    const level = (count: number) => budgetParts(view({ used: { count, exact: true }, unseen: 0 })).level;
    assert.equal(level(128_799), 'ok');
    assert.equal(level(128_800), 'warning');
    assert.equal(level(165_600), 'error');
  });

  it('has no share without a maximum, and is over when everything is reserved', () => {
    assert.equal(budgetParts(view({ max: null })).share, null);
    const parts = budgetParts(view({ max: 16_000 }));
    assert.deepEqual([parts.over, parts.free, parts.level], [50_000, 0, 'error']);
    assert.equal(parts.whole, 66_000);
  });
});

describe('treemap', () => {
  const commits = (tokens: readonly number[]) =>
    tokens.map((count, index) => ({
      hash: index.toString(16).padStart(64, '0'),
      label: `commit ${index}`,
      role: 'user' as const,
      contentType: 'dialogue',
      tokens: count,
    }));

  it('gives areas in proportion, heaviest first, what is left out as one tile', () => {
    const tiles = treemapTiles(commits([100, 300]), 500, { width: 500, height: 100 });
    assert.deepEqual(
      tiles.map((tile) => [tile.commit?.label ?? null, tile.tokens]),
      [
        ['commit 1', 300],
        ['commit 0', 100],
        [null, 100],
      ],
    );
  });

  it('draws nothing for nothing', () => {
    assert.deepEqual(treemapTiles([], 0, { width: 100, height: 100 }), []);
    assert.deepEqual(treemapTiles(commits([0, 0]), 0, { width: 100, height: 100 }), []);
  });

  it('keeps every tile in the box and adds up to what is used', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 300 }), fc.nat(9000), (tokens, more) => {
        const used = tokens.reduce((sum, count) => sum + count, 0) + more;
        const tiles = treemapTiles(commits(tokens), used, { width: 640, height: 220 });
        assert.equal(
          tiles.reduce((sum, tile) => sum + tile.tokens, 0),
          used,
        );
        assert.ok(tiles.length <= 121);
        for (const tile of tiles) {
          assert.ok(tile.x >= 0 && tile.y >= 0 && tile.x + tile.width <= 640.001 && tile.y + tile.height <= 220.001);
        }
      }),
      { numRuns: 100 },
    );
  });
});
