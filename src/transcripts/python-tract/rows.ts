import type { Database, SqlJsStatic, SqlValue } from 'sql.js';
import { FormatError } from '../../core/model/errors.js';
import type { JsonObject, JsonValue } from '../../core/model/json.js';
import { toTimestampIso } from '../../core/model/timestamp.js';

/** The schema version this reader knows (`_trace_meta`). */
const SCHEMA_VERSION = '13';
/** Offsets in the SQLite header: 2 = WAL, 1 = rollback journal. */
const HEADER_VERSIONS = [18, 19];

type Row = Readonly<Record<string, SqlValue>>;

export interface PythonCommit {
  readonly commitHash: string;
  readonly parentHash: string | null;
  /** All parents of a merge commit in order; empty for others. */
  readonly mergeParents: readonly string[];
  readonly contentHash: string;
  readonly contentType: string;
  readonly operation: 'append' | 'edit';
  readonly editTarget: string | null;
  readonly message: string | null;
  readonly tokenCount: number;
  readonly metadata: JsonObject | null;
  readonly generationConfig: JsonObject | null;
  readonly tags: readonly string[];
  readonly timestampIso: string;
}

export interface PythonAnnotation {
  readonly id: number;
  readonly target: string;
  readonly priority: string;
  readonly reason: string | null;
  readonly retention: JsonObject | null;
  readonly timestampIso: string;
}

export interface PythonRecord {
  readonly id: string;
  readonly headHash: string;
  readonly tokenCount: number;
  readonly commitCount: number;
  readonly tokenSource: string;
  readonly params: JsonObject | null;
  readonly createdAt: string;
  readonly effectives: readonly string[];
}

export interface PythonSpawn {
  readonly parentTractId: string;
  readonly parentCommit: string | null;
  readonly purpose: string;
  readonly mode: string;
  readonly name: string | null;
}

export interface PythonTract {
  readonly tractId: string;
  /** `hash`, or `ref: refs/heads/main` for a symbolic one, by name. */
  readonly refs: ReadonlyMap<string, string>;
  /** Parents before children, edit targets before edits. */
  readonly commits: readonly PythonCommit[];
  readonly annotations: readonly PythonAnnotation[];
  readonly laterTags: readonly { readonly target: string; readonly tag: string }[];
  readonly records: readonly PythonRecord[];
  readonly spawn: PythonSpawn | null;
}

export interface PythonDatabase {
  readonly tracts: readonly PythonTract[];
  /** Content hash → the text that was hashed. */
  readonly contents: ReadonlyMap<string, string>;
  readonly toolDefinitions: JsonValue;
}

/**
 * Reads a SQLite file of the Python `tract` (SPEC §9.8).
 * @throws FormatError when it is no such file, or of a schema version this reader does not know
 */
export function readPythonDatabase(sql: SqlJsStatic, bytes: Uint8Array): PythonDatabase {
  const copy = Uint8Array.from(bytes);
  // sql.js cannot open a database in WAL mode; a closed one holds everything in the main file.
  for (const offset of HEADER_VERSIONS) if (copy[offset] === 2) copy[offset] = 1;
  let database: Database;
  try {
    database = new sql.Database(copy);
    requireSchema(database);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('The file is no SQLite database of the Python tract. Nothing was imported.', {
      cause: error,
    });
  }
  try {
    return readTracts(database);
  } finally {
    database.close();
  }
}

function requireSchema(database: Database): void {
  const [row] = all(database, "SELECT value FROM _trace_meta WHERE key = 'schema_version'");
  const version = String(row?.['value'] ?? 'none');
  if (version !== SCHEMA_VERSION) {
    throw new FormatError(
      `The file has schema version ${version.slice(0, 20)}, and this Tract reads version ${SCHEMA_VERSION}. Nothing was imported; open it once with the Python library of version ${SCHEMA_VERSION}.`,
    );
  }
}

function readTracts(database: Database): PythonDatabase {
  const contents = new Map(
    all(database, 'SELECT content_hash, payload_json FROM blobs').map((row) => [
      text(row, 'content_hash'),
      hashedText(text(row, 'payload_json')),
    ]),
  );
  const parents = groups(
    all(database, 'SELECT commit_hash, parent_hash FROM commit_parents ORDER BY commit_hash, position'),
    'commit_hash',
    (row) => text(row, 'parent_hash'),
  );
  const effectives = groups(
    all(database, 'SELECT record_id, commit_hash FROM compile_effectives ORDER BY record_id, position'),
    'record_id',
    (row) => text(row, 'commit_hash'),
  );
  const refs = groups(all(database, 'SELECT * FROM refs ORDER BY ref_name'), 'tract_id', (row) => row);
  const commits = groups(all(database, 'SELECT * FROM commits ORDER BY created_at, commit_hash'), 'tract_id', (row) =>
    commit(row, parents),
  );
  const annotations = groups(
    all(database, 'SELECT * FROM annotations ORDER BY created_at, id'),
    'tract_id',
    annotation,
  );
  const tags = groups(all(database, 'SELECT * FROM tag_annotations ORDER BY id'), 'tract_id', (row) => ({
    target: text(row, 'target_hash'),
    tag: text(row, 'tag'),
  }));
  const records = groups(all(database, 'SELECT * FROM compile_records ORDER BY created_at, rowid'), 'tract_id', (row) =>
    record(row, effectives),
  );
  const spawns = new Map(
    all(database, 'SELECT * FROM spawn_pointers').map((row) => [text(row, 'child_tract_id'), spawn(row)]),
  );
  const tractIds = new Set([...commits.keys(), ...refs.keys()]);
  return {
    contents,
    toolDefinitions: all(database, 'SELECT content_hash, name, schema_json FROM tool_definitions ORDER BY name').map(
      (row) => ({
        content_hash: text(row, 'content_hash'),
        name: text(row, 'name'),
        schema: json(row, 'schema_json'),
      }),
    ),
    tracts: [...tractIds].map((tractId) => ({
      tractId,
      refs: new Map((refs.get(tractId) ?? []).map((row) => [text(row, 'ref_name'), refValue(row)])),
      commits: parentsFirst(commits.get(tractId) ?? []),
      annotations: annotations.get(tractId) ?? [],
      laterTags: tags.get(tractId) ?? [],
      records: records.get(tractId) ?? [],
      spawn: spawns.get(tractId) ?? null,
    })),
  };
}

function commit(row: Row, parents: ReadonlyMap<string, readonly string[]>): PythonCommit {
  const commitHash = text(row, 'commit_hash');
  return {
    commitHash,
    parentHash: nullable(row, 'parent_hash'),
    mergeParents: parents.get(commitHash) ?? [],
    contentHash: text(row, 'content_hash'),
    contentType: text(row, 'content_type'),
    operation: text(row, 'operation').toLowerCase() === 'edit' ? 'edit' : 'append',
    editTarget: nullable(row, 'edit_target'),
    message: nullable(row, 'message'),
    tokenCount: Number(row['token_count']),
    metadata: object(row, 'metadata_json'),
    generationConfig: object(row, 'generation_config_json'),
    tags: (json(row, 'tags_json') ?? []) as readonly string[],
    timestampIso: time(row, 'created_at'),
  };
}

function annotation(row: Row): PythonAnnotation {
  return {
    id: Number(row['id']),
    target: text(row, 'target_hash'),
    priority: text(row, 'priority').toLowerCase(),
    reason: nullable(row, 'reason'),
    retention: object(row, 'retention_json'),
    timestampIso: time(row, 'created_at'),
  };
}

function record(row: Row, effectives: ReadonlyMap<string, readonly string[]>): PythonRecord {
  const id = text(row, 'record_id');
  return {
    id,
    headHash: text(row, 'head_hash'),
    tokenCount: Number(row['token_count']),
    commitCount: Number(row['commit_count']),
    tokenSource: text(row, 'token_source'),
    params: object(row, 'params_json'),
    createdAt: time(row, 'created_at'),
    effectives: effectives.get(id) ?? [],
  };
}

function spawn(row: Row): PythonSpawn {
  return {
    parentTractId: text(row, 'parent_tract_id'),
    parentCommit: nullable(row, 'parent_commit_hash'),
    purpose: text(row, 'purpose'),
    mode: text(row, 'inheritance_mode'),
    name: nullable(row, 'display_name'),
  };
}

function refValue(row: Row): string {
  const target = nullable(row, 'symbolic_target');
  return target === null ? text(row, 'commit_hash') : `ref: ${target}`;
}

/** Two commits of one microsecond may stand in any order in the file. */
function parentsFirst(commits: readonly PythonCommit[]): readonly PythonCommit[] {
  const byHash = new Map(commits.map((commit) => [commit.commitHash, commit]));
  const placed = new Set<string>();
  const ordered: PythonCommit[] = [];
  for (const start of commits) {
    const pending = [start];
    for (let at = pending.at(-1); at; at = pending.at(-1)) {
      const before = [at.parentHash, ...at.mergeParents]
        .filter((hash): hash is string => hash !== null && !placed.has(hash))
        .map((hash) => byHash.get(hash));
      const next = before.find((commit) => commit !== undefined && !pending.includes(commit));
      if (next) {
        pending.push(next);
        continue;
      }
      pending.pop();
      if (!placed.has(at.commitHash)) ordered.push(at);
      placed.add(at.commitHash);
    }
  }
  return ordered;
}

/** The text that was hashed: as stored, without the spaces after `,` and `:` outside strings. */
function hashedText(payloadJson: string): string {
  return payloadJson.replace(
    /("(?:[^"\\]|\\.)*")|([,:]) /g,
    (_match, quoted: string | undefined, separator: string | undefined) => quoted ?? separator ?? '',
  );
}

function all(database: Database, query: string): readonly Row[] {
  const statement = database.prepare(query);
  const rows: Row[] = [];
  while (statement.step()) rows.push(statement.getAsObject());
  statement.free();
  return rows;
}

function groups<T>(rows: readonly Row[], key: string, value: (row: Row) => T): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const group = grouped.get(text(row, key));
    if (group) group.push(value(row));
    else grouped.set(text(row, key), [value(row)]);
  }
  return grouped;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new FormatError(`The column ${column} holds no text. Nothing was imported.`);
  return value;
}

function nullable(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** The text `null` means null, as SQL NULL does (SPEC §9.8). */
function json(row: Row, column: string): JsonValue {
  const value = nullable(row, column);
  return value === null ? null : (JSON.parse(value) as JsonValue);
}

function object(row: Row, column: string): JsonObject | null {
  const value = json(row, column);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** Columns hold UTC without a zone. */
function time(row: Row, column: string): string {
  return toTimestampIso(text(row, column));
}
