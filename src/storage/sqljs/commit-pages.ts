import { utf8 } from '../utf8.js';
import type { CommitPage } from './commit-page.js';
import { COMMITS, DETAILS, readCommits } from './commit-page.js';
import type { Statements } from './statements.js';
import { integer, text } from './statements.js';

/** A page holds the commits whose row ids, divided by this, give its own. */
const SIZE = 128;

const members = (page: string) => `BETWEEN ${page} * ${SIZE} AND ${page} * ${SIZE} + ${SIZE - 1}`;
const PAGE_WITH = `
  SELECT hex(p.names), hex(p.contents), p.data,
    iif(p.has_details, (SELECT ${DETAILS} FROM commits c WHERE c.id ${members('p.id')} ORDER BY c.id), '[]')
  FROM commits o CROSS JOIN commit_pages p ON p.id = o.id / ${SIZE} WHERE o.hash = unhex(?)`;
const FULL = `
  SELECT DISTINCT id / ${SIZE} FROM commits
  WHERE id / ${SIZE} < (SELECT max(id) FROM commits) / ${SIZE} AND id / ${SIZE} NOT IN (SELECT id FROM commit_pages)`;
const MEMBERS = `
  SELECT ${COMMITS} FROM commits c CROSS JOIN contents k ON k.id = c.content_id WHERE c.id ${members('?1')} ORDER BY c.id`;

/**
 * Commits in pages, as reading needs them: made from their rows once, and read at a fifth of the rows' cost. The rows stay the
 * truth, and a commit without a page is read from them. Row ids only grow, so that a full page gets no more commits.
 */
export class CommitPages {
  constructor(private readonly statements: Statements) {}

  /** The page that holds a commit; undefined when there is none. */
  with(commitHash: string): CommitPage | undefined {
    const row = this.statements.row(PAGE_WITH, [commitHash]);
    if (row === undefined) return undefined;
    return {
      names: text(row, 0).toLowerCase(),
      contents: text(row, 1).toLowerCase(),
      ...(JSON.parse(text(row, 2)) as Pick<CommitPage, 'words' | 'rows'>),
      details: JSON.parse(text(row, 3)) as CommitPage['details'],
    };
  }

  /** No page holds this row id, nor any after it. */
  get end(): number {
    const row = this.statements.row(`SELECT coalesce(max(id) + 1, 0) * ${SIZE} FROM commit_pages`);
    return row === undefined ? 0 : integer(row, 0);
  }

  /** Makes the pages that are full and not there: 5 µs a commit. */
  seal(): void {
    for (const page of this.statements.rows(FULL, [], (row) => integer(row, 0))) {
      const found = this.statements.row(MEMBERS, [page]);
      if (found === undefined) continue;
      const { names, contents, words, rows, details } = readCommits(this.statements, found);
      this.statements.run('INSERT INTO commit_pages VALUES (?, unhex(?), unhex(?), CAST(? AS TEXT), ?)', [
        page,
        names,
        contents,
        utf8(JSON.stringify({ words, rows })),
        details.some((one) => one !== null) ? 1 : 0,
      ]);
    }
  }
}

/** To be called when a commit is removed. */
export function dropPageOf(statements: Statements, commitId: number): void {
  statements.run(`DELETE FROM commit_pages WHERE id = ? / ${SIZE}`, [commitId]);
}

/** To be called when contents have moved: pages say where they lie. */
export function dropPages(statements: Statements): void {
  statements.run('DELETE FROM commit_pages');
}
