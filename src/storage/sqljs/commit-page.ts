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
  c.content_type, c.operation, c.tokenizer, c.timestamp_iso, c.message,
  c.text_tokens, c.tool_tokens, c.depth, c.generation, k.file, k.offset, k.bytes, k.crc)), ${DETAILS}`;

/** Row ids of a side table, asked for only where a commit has any. */
function linked(flag: number, table: string, column: string): string {
  const ids = `SELECT json_group_array(l.${column} ORDER BY l.position) FROM ${table} l WHERE l.commit_id = c.id`;
  return `iif(c.links & ${flag}, json((${ids})), NULL)`;
}

/**
 * As SQL gives it: other commits by their row ids, words as they are. In a page commits are named by their place among its names,
 * and words by their place among its words. Read by index: until V8 has compiled it, taking such a list apart costs more than SQLite
 * takes to make it.
 */
type CommitRow<Word> = readonly [
  id: number,
  parent: number | null,
  editTarget: number | null,
  jump: number | null,
  lastMerge: number | null,
  extraParents: readonly number[] | null,
  targets: readonly number[] | null,
  contentType: Word,
  operation: Word,
  tokenizer: Word,
  timestampIso: string,
  message: string,
  textTokens: number,
  toolTokens: number,
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
  readonly words: readonly string[];
  readonly rows: readonly CommitRow<number>[];
  /** By place; none at all when no commit has any. */
  readonly details: readonly (Details | null)[];
}

const HASHES = 'SELECT c.id, lower(hex(c.hash)) FROM json_each(?) wanted CROSS JOIN commits c ON c.id = wanted.value';
/** Of a hash. */
export const HEX_DIGITS = 64;

/** What a query for {@link COMMITS} found. */
export function readCommits(statements: Statements, found: Row): CommitPage {
  const rows = JSON.parse(text(found, 2)) as readonly CommitRow<string>[];
  const places = new Map(rows.map(([id], place) => [id, place]));
  const others = new Set<number>();
  for (const [, parent, editTarget, jump, lastMerge, extraParents, targets] of rows) {
    for (const id of [parent, editTarget, jump, lastMerge, ...(extraParents ?? []), ...(targets ?? [])])
      if (id !== null && !places.has(id)) others.add(id);
  }
  let names = text(found, 0).toLowerCase();
  if (others.size > 0) {
    for (const other of statements.rows(HASHES, [JSON.stringify([...others])], (row) => row)) {
      places.set(integer(other, 0), names.length / HEX_DIGITS);
      names += text(other, 1);
    }
  }
  const words = new Map<string, number>();
  return {
    names,
    contents: text(found, 1).toLowerCase(),
    rows: rows.map((row) => pageRow(row, places, words)),
    words: [...words.keys()],
    details: JSON.parse(text(found, 3)) as CommitPage['details'],
  };
}

/** @param words gets those of this row */
function pageRow(
  row: CommitRow<string>,
  places: ReadonlyMap<number, number>,
  words: Map<string, number>,
): CommitRow<number> {
  const name = (id: number | null) => (id === null ? null : (places.get(id) ?? null));
  const names = (ids: readonly number[] | null) => ids?.flatMap((id) => places.get(id) ?? []) ?? null;
  const word = (one: string) => {
    const known = words.get(one) ?? words.size;
    words.set(one, known);
    return known;
  };
  const [id, parent, target, jump, lastMerge, extraParents, targets, type, operation, tokenizer, ...rest] = row;
  const single = [name(parent), name(target), name(jump), name(lastMerge)] as const;
  return [id, ...single, names(extraParents), names(targets), word(type), word(operation), word(tokenizer), ...rest];
}

/**
 * The commit in a row of a page, and where its content lies; `hashes` are the page's. Read for every commit of a long line, by a V8
 * that has not compiled it yet: no closures, no iterators.
 */
export function commitAt(
  page: CommitPage,
  hashes: readonly string[],
  at: number,
): { readonly commit: StoredCommit; readonly place: ContentPlace } {
  const { words } = page;
  const row = page.rows[at] as CommitRow<number>;
  const details = page.details[at];
  const contentHash = hashAt(page.contents, at);
  return {
    commit: {
      commitHash: hashes[at] ?? '',
      contentHash,
      parentHash: nameAt(hashes, row[1]),
      extraParents: namesAt(hashes, row[5]),
      contentType: words[row[7]] ?? '',
      operation: words[row[8]] as Operation,
      editTarget: nameAt(hashes, row[2]),
      targets: namesAt(hashes, row[6]),
      timestampIso: row[10],
      message: row[11],
      metadata: details == null ? null : jsonOrNull(details[0]),
      generationConfig: details == null ? null : jsonOrNull(details[1]),
      textTokens: row[12],
      toolTokens: row[13],
      tokenizer: words[row[9]] ?? '',
      depth: row[14],
      generation: row[15],
      jump: nameAt(hashes, row[3]),
      lastMerge: nameAt(hashes, row[4]),
    },
    place: { contentHash, file: row[16], offset: row[17], bytes: row[18], crc: row[19] },
  };
}

const NONE: readonly string[] = [];

/** The hashes that a page's commits are named by: one text each, however often it is named. */
export function hashesOf({ names }: CommitPage): readonly string[] {
  const hashes: string[] = [];
  for (let i = 0; i * HEX_DIGITS < names.length; i++) hashes.push(hashAt(names, i));
  return hashes;
}

function hashAt(hex: string, i: number): string {
  return hex.slice(i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
}

function nameAt(hashes: readonly string[], place: number | null): string | null {
  return place === null ? null : (hashes[place] ?? null);
}

function namesAt(hashes: readonly string[], places: readonly number[] | null): readonly string[] {
  return places === null ? NONE : places.flatMap((place) => hashes[place] ?? []);
}

function jsonOrNull(value: string | null): JsonObject | null {
  return value === null ? null : (JSON.parse(value) as JsonObject);
}
