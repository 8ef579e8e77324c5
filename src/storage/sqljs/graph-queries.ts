import type { Operation, StoredCommit } from '../../core/model/commit.js';
import type { JsonObject } from '../../core/model/json.js';
import type { ContentPlace } from '../journal/place.js';
import { Recent } from '../recent.js';
import type { Row, Statements } from './statements.js';
import { atMost, integer, text } from './statements.js';

/** `links` says which side tables hold rows for a commit, so that the others are not asked. */
export const HAS_EXTRA_PARENTS = 1;
export const HAS_TARGETS = 2;

/** Commits kept decoded, at least, about 1 KB each: a line of 5,000 read twice costs its map lookups the second time. */
const CACHED_COMMITS = 8_192;
/**
 * Places kept, at least, about 100 bytes each: a long line is read whole before its contents are asked for, oldest first, and a line
 * of 100,000 that does not fit takes a third longer to compile.
 */
const CACHED_PLACES = 131_072;

/*
 * A page of commits comes as one row of three texts: the commits' hashes and their contents' (64 hex digits each, one after another),
 * and the rest as JSON. Every row stepped to and every text handed over costs more than what one commit holds; so does a call of
 * `hex` for each hash, which is why they are joined first: SQLite passes their bytes on as they are. Commits that a commit names
 * come as row ids: most of them are on the same page, the others are looked up together.
 */
const COMMIT_PAGE = `hex(group_concat(c.hash, '')), hex(group_concat(k.hash, '')), json_group_array(json_array(
  c.id, c.parent_id, c.edit_target_id, c.jump_id, c.last_merge_id,
  ${linked(HAS_EXTRA_PARENTS, 'commit_parents', 'parent_id')}, ${linked(HAS_TARGETS, 'commit_targets', 'target_id')},
  c.content_type, c.operation, c.timestamp_iso, c.message, c.metadata, c.generation_config,
  c.text_tokens, c.tool_tokens, c.tokenizer, c.depth, c.generation, k.file, k.offset, k.bytes, k.crc))`;

/** Row ids of a side table, asked for only where a commit has any. */
function linked(flag: number, table: string, column: string): string {
  const ids = `SELECT json_group_array(l.${column} ORDER BY l.position) FROM ${table} l WHERE l.commit_id = c.id`;
  return `iif(c.links & ${flag}, json((${ids})), NULL)`;
}

type Id = number | null;

/** Read by index: until V8 has compiled it, taking a list of 22 apart costs more than SQLite takes to make it. */
type CommitRow = readonly [
  id: number,
  parent: Id,
  editTarget: Id,
  jump: Id,
  lastMerge: Id,
  /** Lists of row ids. */
  extraParents: readonly number[] | null,
  targets: readonly number[] | null,
  contentType: string,
  operation: Operation,
  timestampIso: string,
  message: string,
  /** JSON texts. */
  metadata: string | null,
  generationConfig: string | null,
  textTokens: number,
  toolTokens: number,
  tokenizer: string,
  depth: number,
  generation: number,
  /** Where its content lies. */
  file: number,
  offset: number,
  bytes: number,
  crc: number,
];
/** The first columns name one commit each. */
const NAMES = 5;

// CROSS JOIN fixes the order of the loops; left to itself the planner may scan `commits` for every row of the line.
const LINE = `
  WITH RECURSIVE line (id, rest) AS (
    SELECT id, ?2 FROM commits WHERE hash = unhex(?1) AND depth >= ?3
    UNION ALL
    SELECT c.parent_id, line.rest - 1 FROM line CROSS JOIN commits c ON c.id = line.id
    WHERE line.rest > 1 AND c.depth > ?3 AND c.parent_id IS NOT NULL
  )
  SELECT ${COMMIT_PAGE} FROM line CROSS JOIN commits c ON c.id = line.id CROSS JOIN contents k ON k.id = c.content_id`;
const HASHES = 'SELECT c.id, lower(hex(c.hash)) FROM json_each(?) wanted CROSS JOIN commits c ON c.id = wanted.value';
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
  private readonly cache = new Recent<StoredCommit>(CACHED_COMMITS);

  /** Where the contents of commits just read lie: whoever reads commits to compile them asks for that next. */
  private readonly placed = new Recent<ContentPlace>(CACHED_PLACES);

  constructor(private readonly statements: Statements) {}

  commit(commitHash: string): StoredCommit | undefined {
    const cached = this.cache.get(commitHash);
    if (cached !== undefined) return cached;
    // Most that are asked for one by one are about to be written: a miss must not cost what a page does.
    const found = this.statements.row('SELECT 1 FROM commits WHERE hash = unhex(?)', [commitHash]);
    return found === undefined ? undefined : this.read(commitHash, 1, 0)[0];
  }

  line(from: string, limit: number, minDepth = 0): readonly StoredCommit[] {
    const line: StoredCommit[] = [];
    let next: string | null = from;
    while (next !== null && line.length < limit) {
      const cached = this.cache.get(next);
      if (cached === undefined) {
        for (const commit of this.read(next, limit - line.length, minDepth)) line.push(commit);
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
      const page = this.statements.rows(sql, [after, PAGE], (row) => ({ place: toPlace(row), id: integer(row, 5) }));
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

  /** To be called when commits or contents were removed or moved, or a batch was taken back. */
  forget(): void {
    this.cache.clear();
    this.placed.clear();
  }

  private read(from: string, limit: number, minDepth: number): readonly StoredCommit[] {
    const page = this.statements.row(LINE, [from, atMost(limit), minDepth]);
    if (page === undefined) return [];
    const [own, contents] = [text(page, 0).toLowerCase(), text(page, 1).toLowerCase()];
    const rows = JSON.parse(text(page, 2)) as readonly CommitRow[];
    const hashes = this.hashes(rows, own);
    return rows.map((row, i) => this.decode(row, hashAt(own, i), hashAt(contents, i), hashes));
  }

  /** Row id → hash of these commits, whose hashes are `own`, and of those they name. */
  private hashes(rows: readonly CommitRow[], own: string): ReadonlyMap<number, string> {
    const hashes = new Map<number, string>();
    rows.forEach((row, i) => hashes.set(row[0], hashAt(own, i)));
    const wanted: number[] = [];
    const want = (id: number | null | undefined) => {
      if (id !== null && id !== undefined && !hashes.has(id)) wanted.push(id);
    };
    for (const row of rows) {
      for (let i = 1; i < NAMES; i++) want(row[i] as Id);
      row[5]?.forEach(want);
      row[6]?.forEach(want);
    }
    if (wanted.length > 0) {
      for (const row of this.statements.rows(HASHES, [JSON.stringify(wanted)], (found) => found))
        hashes.set(integer(row, 0), text(row, 1));
    }
    return hashes;
  }

  private decode(
    row: CommitRow,
    commitHash: string,
    contentHash: string,
    hashes: ReadonlyMap<number, string>,
  ): StoredCommit {
    const commit: StoredCommit = {
      commitHash,
      contentHash,
      parentHash: named(hashes, row[1]),
      extraParents: allNamed(hashes, row[5]),
      contentType: row[7],
      operation: row[8],
      editTarget: named(hashes, row[2]),
      targets: allNamed(hashes, row[6]),
      timestampIso: row[9],
      message: row[10],
      metadata: jsonOrNull(row[11]),
      generationConfig: jsonOrNull(row[12]),
      textTokens: row[13],
      toolTokens: row[14],
      tokenizer: row[15],
      depth: row[16],
      generation: row[17],
      jump: named(hashes, row[3]),
      lastMerge: named(hashes, row[4]),
    };
    this.cache.set(commitHash, commit);
    this.placed.set(contentHash, { contentHash, file: row[18], offset: row[19], bytes: row[20], crc: row[21] });
    return commit;
  }
}

const NONE: readonly string[] = [];

function hashAt(hex: string, i: number): string {
  return hex.slice(i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
}

function named(hashes: ReadonlyMap<number, string>, id: number | null): string | null {
  return id === null ? null : (hashes.get(id) ?? null);
}

function allNamed(hashes: ReadonlyMap<number, string>, ids: readonly number[] | null): readonly string[] {
  return ids === null ? NONE : ids.flatMap((id) => hashes.get(id) ?? []);
}

function jsonOrNull(value: string | null): JsonObject | null {
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
