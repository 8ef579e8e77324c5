import type { BudgetView, CommitShareView } from '../../src/shared/budget-view.js';
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';

/** The three parts of SPEC §11, with what no transcript holds as a part of its own. All in tokens; `free` is never negative. */
export interface BudgetParts {
  readonly used: number;
  readonly unseen: number;
  readonly reserved: number;
  readonly free: number;
  /** How far used and unseen go beyond what is available; 0 when they fit. */
  readonly over: number;
  /** What the whole bar stands for: the maximum, or all of the parts when they are more. */
  readonly whole: number;
  /** (used + unseen) ÷ (max − reserved); null without a maximum. */
  readonly share: number | null;
  readonly level: 'ok' | 'warning' | 'error';
}

/** Splits a budget. Exactly full is not over (SPEC §11: inclusive). */
export function budgetParts(
  view: Pick<BudgetView, 'max' | 'reserved' | 'used' | 'unseen' | 'warnAt' | 'errorAt'>,
): BudgetParts {
  const taken = view.used.count + view.unseen;
  if (view.max === null) {
    return {
      used: view.used.count,
      unseen: view.unseen,
      reserved: 0,
      free: 0,
      over: 0,
      whole: Math.max(1, taken),
      share: null,
      level: 'ok',
    };
  }
  const available = view.max - view.reserved;
  const share = available > 0 ? taken / available : taken > 0 ? Number.POSITIVE_INFINITY : 0;
  return {
    used: view.used.count,
    unseen: view.unseen,
    reserved: view.reserved,
    free: Math.max(0, available - taken),
    over: Math.max(0, taken - available),
    whole: Math.max(1, view.max, taken + view.reserved),
    share,
    level: taken > available || share >= view.errorAt ? 'error' : share >= view.warnAt ? 'warning' : 'ok',
  };
}

/** A tile of the treemap, in the unit of the box it was laid out for. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Null for the tile that stands for everything the list left out. */
  readonly commit: CommitShareView | null;
  readonly tokens: number;
}

/** Most tiles that are drawn one by one; more would be too small to point at. */
const MAX_TILES = 120;

/**
 * Lays commits out by tokens, heaviest first, in a box. What is not among the heaviest becomes one tile, so that the areas add up to
 * `used`. O(n log n).
 */
export function treemapTiles(
  commits: readonly CommitShareView[],
  used: number,
  box: { readonly width: number; readonly height: number },
): readonly Tile[] {
  const shown = commits
    .filter((commit) => commit.tokens > 0)
    .sort((a, b) => b.tokens - a.tokens)
    .slice(0, MAX_TILES);
  const rest = used - shown.reduce((sum, commit) => sum + commit.tokens, 0);
  const leaves: Leaf[] = shown.map((commit) => ({ commit, tokens: commit.tokens }));
  if (rest > 0) leaves.push({ commit: null, tokens: rest });
  if (leaves.length === 0) return [];
  leaves.sort((a, b) => b.tokens - a.tokens);
  const root = hierarchy<Branch | Leaf>({ leaves }, (node) => ('leaves' in node ? node.leaves : null)).sum((node) =>
    'tokens' in node ? node.tokens : 0,
  );
  const placed = treemap<Branch | Leaf>().tile(treemapSquarify).size([box.width, box.height])(root);
  return placed.leaves().flatMap((leaf) => {
    const { data } = leaf;
    if (!('tokens' in data)) return [];
    return [
      {
        x: leaf.x0,
        y: leaf.y0,
        width: leaf.x1 - leaf.x0,
        height: leaf.y1 - leaf.y0,
        commit: data.commit,
        tokens: data.tokens,
      },
    ];
  });
}

interface Leaf {
  readonly commit: CommitShareView | null;
  readonly tokens: number;
}
interface Branch {
  readonly leaves: Leaf[];
}
