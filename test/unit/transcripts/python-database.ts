import { createHash } from 'node:crypto';
import type { Database, SqlJsStatic } from 'sql.js';

/** The tables of the Python library's schema that an import reads; columns as it makes them. */
const SCHEMA = `
  CREATE TABLE _trace_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE blobs (content_hash TEXT PRIMARY KEY, payload_json TEXT, byte_size INTEGER, token_count INTEGER, created_at TEXT);
  CREATE TABLE commits (commit_hash TEXT PRIMARY KEY, tract_id TEXT, parent_hash TEXT, content_hash TEXT, content_type TEXT,
    operation TEXT, edit_target TEXT, message TEXT, token_count INTEGER, metadata_json TEXT, generation_config_json TEXT,
    tags_json TEXT, created_at TEXT);
  CREATE TABLE commit_parents (commit_hash TEXT, parent_hash TEXT, position INTEGER, PRIMARY KEY (commit_hash, parent_hash));
  CREATE TABLE refs (tract_id TEXT, ref_name TEXT, commit_hash TEXT, symbolic_target TEXT, PRIMARY KEY (tract_id, ref_name));
  CREATE TABLE annotations (id INTEGER PRIMARY KEY, tract_id TEXT, target_hash TEXT, priority TEXT, reason TEXT,
    retention_json TEXT, created_at TEXT);
  CREATE TABLE tag_annotations (id INTEGER PRIMARY KEY, tract_id TEXT, target_hash TEXT, tag TEXT, created_at TEXT);
  CREATE TABLE compile_records (record_id TEXT PRIMARY KEY, tract_id TEXT, head_hash TEXT, token_count INTEGER,
    commit_count INTEGER, token_source TEXT, params_json TEXT, created_at TEXT);
  CREATE TABLE compile_effectives (record_id TEXT, commit_hash TEXT, position INTEGER, PRIMARY KEY (record_id, commit_hash));
  CREATE TABLE tool_definitions (content_hash TEXT PRIMARY KEY, name TEXT, schema_json TEXT, created_at TEXT);
  CREATE TABLE spawn_pointers (id INTEGER PRIMARY KEY, parent_tract_id TEXT, parent_commit_hash TEXT, child_tract_id TEXT,
    purpose TEXT, inheritance_mode TEXT, display_name TEXT, created_at TEXT);
`;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

interface CommitFields {
  readonly parents?: readonly string[];
  /** As the library stores it: keys sorted, `, ` and `: ` between. */
  readonly payload: string;
  readonly type: string;
  /** Column text, always six digits. */
  readonly at: string;
  readonly editTarget?: string;
  readonly tags?: readonly string[];
  readonly generationConfig?: object;
}

/** Writes databases as the Python library does; hashes are made here by SPEC §4, not by the code under test. */
export class PythonDatabaseWriter {
  private readonly database: Database;

  constructor(
    sql: SqlJsStatic,
    private readonly tractId = 'python-test',
    version = '13',
  ) {
    this.database = new sql.Database();
    this.database.run(SCHEMA);
    this.database.run("INSERT INTO _trace_meta VALUES ('schema_version', ?)", [version]);
  }

  run(query: string, values: (string | number | null)[] = []): void {
    this.database.run(query, values);
  }

  /** Adds a commit and gives its hash. `canonical` is the text that is hashed. */
  commit({ parents = [], payload, type, at, editTarget, tags = [], generationConfig }: CommitFields): string {
    const canonical = payload.replaceAll(', "', ',"').replaceAll('": ', '":');
    const contentHash = sha256(canonical);
    const parent = parents[0] ?? null;
    const iso = `${at.replace(' ', 'T').replace('.000000', '')}+00:00`;
    const hashed: Record<string, unknown> = {
      content_hash: contentHash,
      content_type: type,
      ...(editTarget === undefined ? {} : { edit_target: editTarget }),
      operation: editTarget === undefined ? 'append' : 'edit',
      parent_hash: parent,
      ...(parents.length > 1 ? { parent_hashes: [...parents].sort() } : {}),
      timestamp_iso: iso,
    };
    const hash = sha256(JSON.stringify(hashed));
    this.run('INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, 5, ?)', [contentHash, payload, payload.length, at]);
    this.run('INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, 5, ?, ?, ?, ?)', [
      hash,
      this.tractId,
      parent,
      contentHash,
      type,
      editTarget === undefined ? 'APPEND' : 'EDIT',
      editTarget ?? null,
      `message at ${at}`,
      'null',
      generationConfig === undefined ? 'null' : JSON.stringify(generationConfig),
      tags.length === 0 ? 'null' : JSON.stringify(tags),
      at,
    ]);
    if (parents.length > 1)
      for (const [i, one] of parents.entries()) this.run('INSERT INTO commit_parents VALUES (?, ?, ?)', [hash, one, i]);
    return hash;
  }

  dialogue(role: string, text: string, at: string, parent: string | null, more: Partial<CommitFields> = {}): string {
    const payload = `{"content_type": "dialogue", "name": null, "role": "${role}", "text": ${JSON.stringify(text)}}`;
    return this.commit({ payload, type: 'dialogue', at, ...(parent === null ? {} : { parents: [parent] }), ...more });
  }

  ref(name: string, hash: string | null, symbolic: string | null = null): void {
    this.run('INSERT INTO refs VALUES (?, ?, ?, ?)', [this.tractId, name, hash, symbolic]);
  }

  annotate(target: string, priority: string, at: string, reason: string | null = null, retention = 'null'): void {
    this.run('INSERT INTO annotations VALUES (NULL, ?, ?, ?, ?, ?, ?)', [
      this.tractId,
      target,
      priority,
      reason,
      retention,
      at,
    ]);
  }

  tag(target: string, tag: string): void {
    this.run("INSERT INTO tag_annotations VALUES (NULL, ?, ?, ?, '2026-01-01 00:00:00.000000')", [
      this.tractId,
      target,
      tag,
    ]);
  }

  record(id: string, head: string, tokens: number, source: string, at: string, effectives: readonly string[]): void {
    this.run("INSERT INTO compile_records VALUES (?, ?, ?, ?, ?, ?, 'null', ?)", [
      id,
      this.tractId,
      head,
      tokens,
      effectives.length,
      source,
      at,
    ]);
    for (const [i, hash] of effectives.entries())
      this.run('INSERT INTO compile_effectives VALUES (?, ?, ?)', [id, hash, i]);
  }

  /** The file's bytes, marked as the library leaves it: journal mode WAL. */
  bytes(): Uint8Array {
    const bytes = this.database.export();
    bytes[18] = 2;
    bytes[19] = 2;
    return bytes;
  }
}
