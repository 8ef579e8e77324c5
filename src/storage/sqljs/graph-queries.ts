import type { Operation, StoredCommit } from '../../core/model/commit.js';
import type { JsonObject } from '../../core/model/json.js';
import type { ContentPlace } from '../journal/place.js';
import { Recent } from './recent.js';
import type { Row, Statements } from './statements.js';
import { atMost, integer, text } from './statements.js';

/** `links` says which side tables hold rows for a commit, so that the others are not asked. */
export const HAS_EXTRA_PARENTS = 1;
export const HAS_TARGETS = 2;

/** Commits kept decoded, at least, about 1 KB each: a line of 5,000 read twice costs its map lookups the second time. */
const CACHED_COMMITS = 8_192;

/*
 * A commit comes as one JSON text: reading nineteen columns one by one takes twice as long as making and parsing it. Commits it
 * names come as row ids: most of them are on the same page, the others are looked up together.
 */
const COLUMNS = `json_object('id', c.id, 'hash', hex(c.hash), 'contentHash', hex(k.hash), 'parent', c.parent_id, 'links', c.links,
  'contentType', c.content_type, 'operation', c.operation, 'editTarget', c.edit_target_id, 'timestampIso', c.timestamp_iso,
  'message', c.message, 'metadata', c.metadata, 'generationConfig', c.generation_config, 'textTokens', c.text_tokens,
  'toolTokens', c.tool_tokens, 'tokenizer', c.tokenizer, 'depth', c.depth, 'generation', c.generation, 'jump', c.jump_id,
  'lastMerge', c.last_merge_id, 'place', json_array(k.file, k.offset, k.bytes, k.crc))`;

interface CommitRow {
  readonly id: number;
  /** Upper-case hex, as SQLite writes it. */
  readonly hash: string;
  readonly contentHash: string;
  readonly parent: number | null;
  readonly links: number;
  readonly contentType: string;
  readonly operation: Operation;
  readonly editTarget: number | null;
  readonly timestampIso: string;
  readonly message: string;
  /** JSON texts. */
  readonly metadata: string | null;
  readonly generationConfig: string | null;
  readonly textTokens: number;
  readonly toolTokens: number;
  readonly tokenizer: string;
  readonly depth: number;
  readonly generation: number;
  readonly jump: number | null;
  readonly lastMerge: number | null;
  /** Of its content. */
  readonly place: Place;
}

type Place = readonly [file: number, offset: number, bytes: number, crc: number];

// CROSS JOIN fixes the order of the loops; left to itself the planner may scan `commits` for every row of the line.
const LINE = `
  WITH RECURSIVE line (id, rest) AS (
    SELECT id, ?2 FROM commits WHERE hash = unhex(?1) AND depth >= ?3
    UNION ALL
    SELECT c.parent_id, line.rest - 1 FROM line CROSS JOIN commits c ON c.id = line.id
    WHERE line.rest > 1 AND c.depth > ?3 AND c.parent_id IS NOT NULL
  )
  SELECT ${COLUMNS} FROM line CROSS JOIN commits c ON c.id = line.id CROSS JOIN contents k ON k.id = c.content_id`;
const HASHES = 'SELECT c.id, hex(c.hash) FROM json_each(?) wanted CROSS JOIN commits c ON c.id = wanted.value';
const EXTRA_PARENTS = `
  SELECT lower(hex(c.hash)) FROM commit_parents p CROSS JOIN commits c ON c.id = p.parent_id WHERE p.commit_id = ? ORDER BY p.position`;
const TARGETS = `
  SELECT lower(hex(c.hash)) FROM commit_targets t CROSS JOIN commits c ON c.id = t.target_id WHERE t.commit_id = ? ORDER BY t.position`;
const TARGETING = `
  SELECT DISTINCT lower(hex(c.hash)) FROM commits o CROSS JOIN commit_targets t ON t.target_id = o.id CROSS JOIN commits c ON c.id = t.commit_id
  WHERE o.hash = unhex(?) ORDER BY c.id`;
const PLACES = `
  SELECT json_array(wanted.value, c.file, c.offset, c.bytes, c.crc)
  FROM json_each(?) wanted CROSS JOIN contents c ON c.hash = unhex(wanted.value)`;
const PAGE = 2048;
const HEX_DIGITS = 64;

/** Reads of commits and of where contents lie. */
export class GraphQueries {
  private readonly cache = new Recent<StoredCommit>(CACHED_COMMITS);

  /** Where the contents of commits just read lie: whoever reads commits to compile them asks for that next. */
  private readonly placed = new Recent<Place>(CACHED_COMMITS);

  constructor(private readonly statements: Statements) {}

  commit(commitHash: string): StoredCommit | undefined {
    const cached = this.cache.get(commitHash);
    if (cached !== undefined) return cached;
    return this.read(commitHash, 1, 0)[0];
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
      else places.push(placeOf(contentHash, place));
    }
    if (wanted.length === 0) return places;
    const found = this.statements.rows(PLACES, [JSON.stringify(wanted)], (row) => {
      const [contentHash, ...place] = JSON.parse(text(row, 0)) as [string, ...Place];
      return placeOf(contentHash, place);
    });
    return [...places, ...found];
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
    const params = [from, atMost(limit), minDepth];
    const rows = this.statements.rows(LINE, params, (row) => JSON.parse(text(row, 0)) as CommitRow);
    const hashes = this.hashes(rows);
    return rows.map((row) => this.decode(row, hashes));
  }

  /** Row id → hash of these commits and of those they name. */
  private hashes(rows: readonly CommitRow[]): ReadonlyMap<number, string> {
    const hashes = new Map(rows.map(({ id, hash }) => [id, hash.toLowerCase()]));
    const wanted = new Set<number>();
    for (const { parent, editTarget, jump, lastMerge } of rows) {
      for (const id of [parent, editTarget, jump, lastMerge]) if (id !== null && !hashes.has(id)) wanted.add(id);
    }
    if (wanted.size > 0) {
      for (const row of this.statements.rows(HASHES, [JSON.stringify([...wanted])], (found) => found))
        hashes.set(integer(row, 0), text(row, 1).toLowerCase());
    }
    return hashes;
  }

  private decode(row: CommitRow, hashes: ReadonlyMap<number, string>): StoredCommit {
    const commit: StoredCommit = {
      commitHash: row.hash.toLowerCase(),
      contentHash: row.contentHash.toLowerCase(),
      parentHash: named(hashes, row.parent),
      extraParents: this.linked(row, HAS_EXTRA_PARENTS, EXTRA_PARENTS),
      contentType: row.contentType,
      operation: row.operation,
      editTarget: named(hashes, row.editTarget),
      targets: this.linked(row, HAS_TARGETS, TARGETS),
      timestampIso: row.timestampIso,
      message: row.message,
      metadata: jsonOrNull(row.metadata),
      generationConfig: jsonOrNull(row.generationConfig),
      textTokens: row.textTokens,
      toolTokens: row.toolTokens,
      tokenizer: row.tokenizer,
      depth: row.depth,
      generation: row.generation,
      jump: named(hashes, row.jump),
      lastMerge: named(hashes, row.lastMerge),
    };
    this.cache.set(commit.commitHash, commit);
    this.placed.set(commit.contentHash, row.place);
    return commit;
  }

  private linked(row: CommitRow, flag: number, sql: string): readonly string[] {
    return (row.links & flag) === 0 ? NONE : this.statements.rows(sql, [row.id], (found) => text(found, 0));
  }
}

const NONE: readonly string[] = [];

function named(hashes: ReadonlyMap<number, string>, id: number | null): string | null {
  return id === null ? null : (hashes.get(id) ?? null);
}

function jsonOrNull(value: string | null): JsonObject | null {
  return value === null ? null : (JSON.parse(value) as JsonObject);
}

function placeOf(contentHash: string, [file, offset, bytes, crc]: Place): ContentPlace {
  return { contentHash, file, offset, bytes, crc };
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
