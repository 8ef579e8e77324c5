import { LRUCache } from 'lru-cache';
import type { Operation, StoredCommit } from '../../core/model/commit.js';
import type { JsonObject } from '../../core/model/json.js';
import type { ContentPlace } from '../journal/place.js';
import type { Row, Statements } from './statements.js';
import { atMost, integer, text, textOrNull } from './statements.js';

/** `links` says which side tables hold rows for a commit, so that the others are not asked. */
export const HAS_EXTRA_PARENTS = 1;
export const HAS_TARGETS = 2;

/** Commits kept decoded, about 1 KB each: a line of 5,000 read twice costs its map lookups the second time. */
const CACHED_COMMITS = 16_384;

const hashOf = (id: string): string => `(SELECT lower(hex(x.hash)) FROM commits x WHERE x.id = ${id})`;
const COLUMNS = `lower(hex(c.hash)), lower(hex(k.hash)), ${hashOf('c.parent_id')}, c.links, c.content_type, c.operation, ${hashOf('c.edit_target_id')},
  c.timestamp_iso, c.message, c.metadata, c.generation_config, c.text_tokens, c.tool_tokens, c.tokenizer, c.depth, c.generation,
  ${hashOf('c.jump_id')}, ${hashOf('c.last_merge_id')}, c.id`;

const ONE = `SELECT ${COLUMNS} FROM commits c CROSS JOIN contents k ON k.id = c.content_id WHERE c.hash = unhex(?)`;
// CROSS JOIN fixes the order of the loops; left to itself the planner may scan `commits` for every row of the line.
const LINE = `
  WITH RECURSIVE line (id, rest) AS (
    SELECT id, ?2 FROM commits WHERE hash = unhex(?1) AND depth >= ?3
    UNION ALL
    SELECT c.parent_id, line.rest - 1 FROM line CROSS JOIN commits c ON c.id = line.id
    WHERE line.rest > 1 AND c.depth > ?3 AND c.parent_id IS NOT NULL
  )
  SELECT ${COLUMNS} FROM line CROSS JOIN commits c ON c.id = line.id CROSS JOIN contents k ON k.id = c.content_id`;
const EXTRA_PARENTS = `
  SELECT lower(hex(c.hash)) FROM commit_parents p CROSS JOIN commits c ON c.id = p.parent_id WHERE p.commit_id = ? ORDER BY p.position`;
const TARGETS = `
  SELECT lower(hex(c.hash)) FROM commit_targets t CROSS JOIN commits c ON c.id = t.target_id WHERE t.commit_id = ? ORDER BY t.position`;
const TARGETING = `
  SELECT DISTINCT lower(hex(c.hash)) FROM commits o CROSS JOIN commit_targets t ON t.target_id = o.id CROSS JOIN commits c ON c.id = t.commit_id
  WHERE o.hash = unhex(?) ORDER BY c.id`;
const PLACES = `
  SELECT wanted.value, c.file, c.offset, c.bytes, c.crc
  FROM json_each(?) wanted CROSS JOIN contents c ON c.hash = unhex(wanted.value)`;
const PAGE = 2048;
const HEX_DIGITS = 64;

/** Reads of commits and of where contents lie. */
export class GraphQueries {
  private readonly cache = new LRUCache<string, StoredCommit>({ max: CACHED_COMMITS });

  constructor(private readonly statements: Statements) {}

  commit(commitHash: string): StoredCommit | undefined {
    const cached = this.cache.get(commitHash);
    if (cached !== undefined) return cached;
    const row = this.statements.row(ONE, [commitHash]);
    return row === undefined ? undefined : this.remember(row);
  }

  line(from: string, limit: number, minDepth = 0): readonly StoredCommit[] {
    const line: StoredCommit[] = [];
    let next: string | null = from;
    while (next !== null && line.length < limit) {
      const cached = this.cache.get(next);
      if (cached === undefined) {
        const rest = this.statements.rows(LINE, [next, atMost(limit - line.length), minDepth], (row) => row);
        line.push(...rest.map((row) => this.remember(row)));
        return line;
      }
      if (cached.depth < minDepth) return line;
      line.push(cached);
      next = cached.parentHash;
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
      const page = this.statements.rows(sql, [after, PAGE], (row) => ({ id: integer(row, 0), hash: text(row, 1) }));
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
    return this.statements.rows(PLACES, [JSON.stringify(contentHashes)], toPlace);
  }

  *allPlaces(): Generator<ContentPlace> {
    let after = 0;
    for (;;) {
      const sql =
        'SELECT lower(hex(hash)), file, offset, bytes, crc, id FROM contents WHERE id > ? ORDER BY id LIMIT ?';
      const page = this.statements.rows(sql, [after, PAGE], (row) => ({ place: toPlace(row), id: integer(row, 5) }));
      for (const { place } of page) yield place;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** To be called when commits were removed or a batch was taken back. */
  forget(): void {
    this.cache.clear();
  }

  private remember(row: Row): StoredCommit {
    const links = integer(row, 3);
    const list = (flag: number, sql: string): readonly string[] =>
      (links & flag) === 0 ? NONE : this.statements.rows(sql, [integer(row, 18)], (found) => text(found, 0));
    const commit: StoredCommit = {
      commitHash: text(row, 0),
      contentHash: text(row, 1),
      parentHash: textOrNull(row, 2),
      extraParents: list(HAS_EXTRA_PARENTS, EXTRA_PARENTS),
      contentType: text(row, 4),
      operation: text(row, 5) as Operation,
      editTarget: textOrNull(row, 6),
      targets: list(HAS_TARGETS, TARGETS),
      timestampIso: text(row, 7),
      message: text(row, 8),
      metadata: jsonOrNull(row, 9),
      generationConfig: jsonOrNull(row, 10),
      textTokens: integer(row, 11),
      toolTokens: integer(row, 12),
      tokenizer: text(row, 13),
      depth: integer(row, 14),
      generation: integer(row, 15),
      jump: textOrNull(row, 16),
      lastMerge: textOrNull(row, 17),
    };
    this.cache.set(commit.commitHash, commit);
    return commit;
  }
}

const NONE: readonly string[] = [];

function jsonOrNull(row: Row, column: number): JsonObject | null {
  const value = textOrNull(row, column);
  return value === null ? null : (JSON.parse(value) as JsonObject);
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
