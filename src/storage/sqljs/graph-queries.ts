import type { StoredCommit } from '../../core/model/commit.js';
import type { ContentPlace } from '../journal/place.js';
import { Recent } from '../recent.js';
import { CommitPages } from './commit-pages.js';
import type { CommitPage } from './commit-page.js';
import { COMMITS, commitAt, hashesOf, HEX_DIGITS, readCommits } from './commit-page.js';
import type { Row, Statements } from './statements.js';
import { atMost, integer, text } from './statements.js';

/** Commits kept decoded, at least, about 1 KB each: a line of 5,000 read twice costs its map lookups the second time. */
const CACHED_COMMITS = 8_192;
/**
 * Places kept, at least, about 100 bytes each: a long line is read whole before its contents are asked for, oldest first, and a line
 * of 100,000 that does not fit takes a third longer to compile.
 */
const CACHED_PLACES = 131_072;

// CROSS JOIN fixes the order of the loops; left to itself the planner may scan `commits` for every row of the line.
const LINE = `
  WITH RECURSIVE line (id, rest) AS (
    SELECT id, ?2 FROM commits WHERE hash = unhex(?1) AND depth >= ?3
    UNION ALL
    SELECT c.parent_id, line.rest - 1 FROM line CROSS JOIN commits c ON c.id = line.id
    WHERE line.rest > 1 AND c.depth > ?3 AND c.parent_id >= iif(c.id < ?4, 0, ?4)
  )
  SELECT ${COMMITS} FROM line CROSS JOIN commits c ON c.id = line.id CROSS JOIN contents k ON k.id = c.content_id`;
const TARGETING = `
  SELECT DISTINCT lower(hex(c.hash)) FROM commits o CROSS JOIN commit_targets t ON t.target_id = o.id CROSS JOIN commits c ON c.id = t.commit_id
  WHERE o.hash = unhex(?) ORDER BY c.id`;
const PLACES = `
  SELECT wanted.value, c.file, c.offset, c.bytes, c.crc
  FROM json_each(?) wanted CROSS JOIN contents c ON c.hash = unhex(wanted.value)`;
const BATCH = 2048;
/** From so many commits of a line on, reading a page of 128 costs less than reading them one by one. */
const WHOLE_PAGE = 16;

/** Reads of commits and of where contents lie. */
export class GraphQueries {
  private readonly cache = new Recent<StoredCommit>(CACHED_COMMITS);

  /** Where the contents of commits just read lie: whoever reads commits to compile them asks for that next. */
  private readonly placed = new Recent<ContentPlace>(CACHED_PLACES);

  private readonly pages: CommitPages;

  constructor(private readonly statements: Statements) {
    this.pages = new CommitPages(statements);
  }

  commit(commitHash: string): StoredCommit | undefined {
    const cached = this.cache.get(commitHash);
    if (cached !== undefined) return cached;
    // Most that are asked for one by one are about to be written: a miss must not cost what a page does.
    const found = this.statements.row('SELECT 1 FROM commits WHERE hash = unhex(?)', [commitHash]);
    return found === undefined ? undefined : this.load(commitHash, 1, 0);
  }

  line(from: string, limit: number, minDepth = 0): readonly StoredCommit[] {
    const line: StoredCommit[] = [];
    for (let next: string | null = from; next !== null && line.length < limit;) {
      const commit: StoredCommit | undefined = this.cache.get(next) ?? this.load(next, limit - line.length, minDepth);
      if (commit === undefined || commit.depth < minDepth) break;
      line.push(commit);
      next = commit.parentHash;
    }
    return line;
  }

  commitsByPrefix(prefix: string, limit: number): readonly string[] {
    // The index serves a range.
    return this.statements.rows(
      'SELECT lower(hex(hash)) FROM commits WHERE hash BETWEEN unhex(?) AND unhex(?) ORDER BY hash LIMIT ?',
      [prefix.padEnd(HEX_DIGITS, '0'), prefix.padEnd(HEX_DIGITS, 'f'), atMost(limit)],
      (row) => text(row, 0),
    );
  }

  commitsTargeting(target: string): readonly string[] {
    return this.statements.rows(TARGETING, [target], (row) => text(row, 0));
  }

  *commitHashes(): Generator<string> {
    let after = 0;
    for (;;) {
      const sql = 'SELECT id, lower(hex(hash)) FROM commits WHERE id > ? ORDER BY id LIMIT ?';
      const page = this.statements.rows(sql, [after, BATCH], (row) => ({ id: integer(row, 0), hash: text(row, 1) }));
      for (const { hash } of page) yield hash;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  unreachableSince(commitHash: string): string | undefined {
    const sql = 'SELECT u.since FROM commits c CROSS JOIN unreachable u ON u.commit_id = c.id WHERE c.hash = unhex(?)';
    const row = this.statements.row(sql, [commitHash]);
    return row === undefined ? undefined : text(row, 0);
  }

  hasContent(contentHash: string): boolean {
    return this.statements.row('SELECT 1 FROM contents WHERE hash = unhex(?)', [contentHash]) !== undefined;
  }

  /** Where the contents lie; unknown hashes are left out. */
  places(contentHashes: readonly string[]): readonly ContentPlace[] {
    const places: ContentPlace[] = [];
    const wanted: string[] = [];
    for (const contentHash of contentHashes) {
      const place = this.placed.get(contentHash);
      if (place === undefined) wanted.push(contentHash);
      else places.push(place);
    }
    if (wanted.length === 0) return places;
    return [...places, ...this.statements.rows(PLACES, [JSON.stringify(wanted)], toPlace)];
  }

  *allPlaces(): Generator<ContentPlace> {
    let after = 0;
    for (;;) {
      const sql =
        'SELECT lower(hex(hash)), file, offset, bytes, crc, id FROM contents WHERE id > ? ORDER BY id LIMIT ?';
      const page = this.statements.rows(sql, [after, BATCH], (row) => ({ place: toPlace(row), id: integer(row, 5) }));
      for (const { place } of page) yield place;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** A commit that was just stored: it is asked for next, as the parent of another and to be compiled. */
  keep(commit: StoredCommit): void {
    this.cache.set(commit.commitHash, commit);
  }

  /** Makes what reading whole lines is quick with; a snapshot then has it. */
  seal(): void {
    this.pages.seal();
  }

  /** To be called when commits or contents were removed or moved, or a batch was taken back. */
  forget(): void {
    this.cache.clear();
    this.placed.clear();
  }

  /** Reads a commit, and as many of its line as are wanted and cheap to read with it. */
  private load(from: string, limit: number, minDepth: number): StoredCommit | undefined {
    const page = limit < WHOLE_PAGE ? undefined : this.pages.with(from);
    if (page !== undefined) {
      this.keepAll(page);
      return this.cache.get(from);
    }
    // What lies in pages is read from them.
    const found = this.statements.row(LINE, [from, atMost(limit), minDepth, limit < WHOLE_PAGE ? 0 : this.pages.end]);
    if (found === undefined) return undefined;
    this.keepAll(readCommits(this.statements, found));
    return this.cache.get(from);
  }

  private keepAll(page: CommitPage): void {
    const hashes = hashesOf(page);
    for (let at = 0; at < page.rows.length; at++) {
      const { commit, place } = commitAt(page, hashes, at);
      this.cache.set(commit.commitHash, commit);
      this.placed.set(place.contentHash, place);
    }
  }
}

function toPlace(row: Row): ContentPlace {
  return {
    contentHash: text(row, 0),
    file: integer(row, 1),
    offset: integer(row, 2),
    bytes: integer(row, 3),
    crc: integer(row, 4),
  };
}
