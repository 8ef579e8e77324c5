import type { Operation, StoredCommit } from '../../core/model/commit.js';
import type { JsonObject } from '../../core/model/json.js';
import type { ContentPlace } from '../journal/place.js';
import type { Row, Statements } from './statements.js';
import { integer, text } from './statements.js';

/** `links` says which side tables hold rows for a commit, so that the others are not asked. */
export const HAS_EXTRA_PARENTS = 1;
export const HAS_TARGETS = 2;

/** What can be long, and is mostly not there. */
export const DETAILS = `json_group_array(
  iif(c.metadata IS NULL AND c.generation_config IS NULL, NULL, json_array(c.metadata, c.generation_config)))`;

/*
 * Commits are read as one row of texts: their hashes and their contents' (64 hex digits each, one after another), and the rest as
 * JSON. Every row stepped to and every text handed over costs more than what one commit holds; so does a call of `hex` for each hash,
 * which is why they are joined first: SQLite passes their bytes on as they are. Commits that a commit names come as row ids: most of
 * them are among the same commits, the others are looked up together.
 */
export const COMMITS = `hex(group_concat(c.hash, '')), hex(group_concat(k.hash, '')), json_group_array(json_array(
  c.id, c.parent_id, c.edit_target_id, c.jump_id, c.last_merge_id,
  ${linked(HAS_EXTRA_PARENTS, 'commit_parents', 'parent_id')}, ${linked(HAS_TARGETS, 'commit_targets', 'target_id')},
  c.content_type, c.operation, c.timestamp_iso, c.message,
  c.text_tokens, c.tool_tokens, c.tokenizer, c.depth, c.generation, k.file, k.offset, k.bytes, k.crc)), ${DETAILS}`;

/** Row ids of a side table, asked for only where a commit has any. */
function linked(flag: number, table: string, column: string): string {
  const ids = `SELECT json_group_array(l.${column} ORDER BY l.position) FROM ${table} l WHERE l.commit_id = c.id`;
  return `iif(c.links & ${flag}, json((${ids})), NULL)`;
}

/** How a row names a commit: in SQL by its row id, in a page by its place among the page's names. */
type Name = number | null;

/** Read by index: until V8 has compiled it, taking such a list apart costs more than SQLite takes to make it. */
type CommitRow = readonly [
  id: number,
  parent: Name,
  editTarget: Name,
  jump: Name,
  lastMerge: Name,
  extraParents: readonly number[] | null,
  targets: readonly number[] | null,
  contentType: string,
  operation: Operation,
  timestampIso: string,
  message: string,
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

/** JSON texts. */
type Details = readonly [metadata: string | null, generationConfig: string | null];

/** Commits with all that it takes to make them. */
export interface CommitPage {
  /** Their hashes, and behind them those of the others that they name; in hex, one after another. */
  readonly names: string;
  /** The hashes of their contents. */
  readonly contents: string;
  readonly rows: readonly CommitRow[];
  /** By place; none at all when no commit has any. */
  readonly details: readonly (Details | null)[];
}

const HASHES = 'SELECT c.id, lower(hex(c.hash)) FROM json_each(?) wanted CROSS JOIN commits c ON c.id = wanted.value';
const HEX_DIGITS = 64;

/** What a query for {@link COMMITS} found. */
export function readCommits(statements: Statements, found: Row): CommitPage {
  const page = readPage(found);
  const places = new Map(page.rows.map((row, place) => [row[0], place]));
  const others = new Set<number>();
  for (const [, parent, editTarget, jump, lastMerge, extraParents, targets] of page.rows) {
    for (const id of [parent, editTarget, jump, lastMerge, ...(extraParents ?? []), ...(targets ?? [])])
      if (id !== null && !places.has(id)) others.add(id);
  }
  let { names } = page;
  if (others.size > 0) {
    for (const other of statements.rows(HASHES, [JSON.stringify([...others])], (row) => row)) {
      places.set(integer(other, 0), names.length / HEX_DIGITS);
      names += text(other, 1);
    }
  }
  return { ...page, names, rows: page.rows.map((row) => withPlaces(row, places)) };
}

/** What a query for names, contents, rows and details found. */
export function readPage(found: Row): CommitPage {
  return {
    names: text(found, 0).toLowerCase(),
    contents: text(found, 1).toLowerCase(),
    rows: JSON.parse(text(found, 2)) as CommitPage['rows'],
    details: JSON.parse(text(found, 3)) as CommitPage['details'],
  };
}

function withPlaces(row: CommitRow, places: ReadonlyMap<number, number>): CommitRow {
  const one = (id: Name): Name => (id === null ? null : (places.get(id) ?? null));
  const all = (ids: readonly number[] | null) => ids?.flatMap((id) => places.get(id) ?? []) ?? null;
  const [id, parent, editTarget, jump, lastMerge, extraParents, targets, ...rest] = row;
  return [id, one(parent), one(editTarget), one(jump), one(lastMerge), all(extraParents), all(targets), ...rest];
}

/** Calls back with each commit of a page, in its order, and where its content lies. */
export function forEachCommit(
  { rows, names, contents, details }: CommitPage,
  callback: (commit: StoredCommit, place: ContentPlace) => void,
): void {
  const hashes = Array.from({ length: names.length / HEX_DIGITS }, (_, i) => hashAt(names, i));
  const named = (place: Name): string | null => (place === null ? null : (hashes[place] ?? null));
  const allNamed = (places: readonly number[] | null) => places?.flatMap((place) => hashes[place] ?? []) ?? NONE;
  for (const [i, row] of rows.entries()) {
    const contentHash = hashAt(contents, i);
    const [metadata, generationConfig] = details[i] ?? NO_DETAILS;
    const commit: StoredCommit = {
      commitHash: hashes[i] ?? '',
      contentHash,
      parentHash: named(row[1]),
      extraParents: allNamed(row[5]),
      contentType: row[7],
      operation: row[8],
      editTarget: named(row[2]),
      targets: allNamed(row[6]),
      timestampIso: row[9],
      message: row[10],
      metadata: jsonOrNull(metadata),
      generationConfig: jsonOrNull(generationConfig),
      textTokens: row[11],
      toolTokens: row[12],
      tokenizer: row[13],
      depth: row[14],
      generation: row[15],
      jump: named(row[3]),
      lastMerge: named(row[4]),
    };
    callback(commit, { contentHash, file: row[16], offset: row[17], bytes: row[18], crc: row[19] });
  }
}

const NONE: readonly string[] = [];
const NO_DETAILS: Details = [null, null];

function hashAt(hex: string, i: number): string {
  return hex.slice(i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
}

function jsonOrNull(value: string | null): JsonObject | null {
  return value === null ? null : (JSON.parse(value) as JsonObject);
}
