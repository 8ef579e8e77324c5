import type { Statements } from './statements.js';
import { integer } from './statements.js';

/**
 * The schema, one step per version (SPEC §16). A step is never edited once released: a change is a new step. Rows refer to each
 * other by small integers (hashes as keys tripled the file); a hash is stored once, as 32 bytes, with one UNIQUE index for lookups
 * by hash and by prefix. SQL turns it from and into hex, which costs less than handing bytes over.
 * What is only ever read whole is one JSON column.
 */
export const MIGRATIONS: readonly string[] = [
  // 1
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
  CREATE TABLE tracts (id INTEGER PRIMARY KEY, tract_id TEXT NOT NULL UNIQUE, data TEXT NOT NULL);
  CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    crc INTEGER NOT NULL
  );
  CREATE TABLE commits (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    content_id INTEGER NOT NULL REFERENCES contents (id),
    parent_id INTEGER REFERENCES commits (id),
    jump_id INTEGER REFERENCES commits (id),
    last_merge_id INTEGER,
    edit_target_id INTEGER REFERENCES commits (id),
    links INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    operation TEXT NOT NULL,
    timestamp_iso TEXT NOT NULL,
    message TEXT NOT NULL,
    metadata TEXT,
    generation_config TEXT,
    text_tokens INTEGER NOT NULL,
    tool_tokens INTEGER NOT NULL,
    tokenizer TEXT NOT NULL,
    depth INTEGER NOT NULL,
    generation INTEGER NOT NULL
  );
  CREATE TABLE commit_parents (
    commit_id INTEGER NOT NULL REFERENCES commits (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    parent_id INTEGER NOT NULL REFERENCES commits (id),
    PRIMARY KEY (commit_id, position)
  ) WITHOUT ROWID;
  CREATE TABLE commit_targets (
    commit_id INTEGER NOT NULL REFERENCES commits (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    target_id INTEGER NOT NULL REFERENCES commits (id),
    PRIMARY KEY (commit_id, position)
  ) WITHOUT ROWID;
  CREATE INDEX commit_targets_by_target ON commit_targets (target_id, commit_id);
  CREATE TABLE refs (
    tract_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tract_id, name)
  ) WITHOUT ROWID;
  CREATE TABLE ref_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, tract_id TEXT NOT NULL, data TEXT NOT NULL);
  CREATE INDEX ref_log_by_tract ON ref_log (tract_id, seq);
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tract_id TEXT NOT NULL,
    head_hash TEXT NOT NULL,
    pending INTEGER NOT NULL,
    data TEXT NOT NULL,
    effectives TEXT NOT NULL
  );
  CREATE INDEX records_by_tract ON records (tract_id, seq);
  CREATE INDEX records_by_head ON records (head_hash, seq);
  CREATE INDEX records_pending ON records (seq) WHERE pending = 1;
  CREATE TABLE usage_reports (
    seq INTEGER PRIMARY KEY,
    head_hash TEXT NOT NULL,
    options_key TEXT NOT NULL,
    data TEXT NOT NULL
  );
  CREATE INDEX usage_reports_by_head ON usage_reports (head_hash, options_key, seq);
  CREATE TABLE ops (seq INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, tract_id TEXT NOT NULL, data TEXT NOT NULL);
  CREATE INDEX ops_by_tract ON ops (tract_id, seq);
  `,
  // 2: metrics of §12, and the age of unreachable commits for §9.6
  `
  CREATE TABLE token_efficiency_metrics (
    seq INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    outcome TEXT NOT NULL,
    data TEXT NOT NULL
  );
  CREATE UNIQUE INDEX token_efficiency_metrics_first ON token_efficiency_metrics (run_id, phase, outcome);
  CREATE TABLE unreachable (
    commit_id INTEGER PRIMARY KEY REFERENCES commits (id) ON DELETE CASCADE,
    since TEXT NOT NULL
  );
  `,
  // 3: commits again, in the form in which long lines are read
  `
  CREATE TABLE commit_pages (
    id INTEGER PRIMARY KEY,
    names BLOB NOT NULL,
    contents BLOB NOT NULL,
    data TEXT NOT NULL,
    has_details INTEGER NOT NULL
  );
  `,
];

/** What this version of Tract writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

export function schemaVersion(statements: Statements): number {
  const row = statements.row('PRAGMA user_version');
  return row === undefined ? 0 : integer(row, 0);
}

/**
 * Brings a database up to `target`, each step in a transaction of its own. It works on the copy in memory: the file it was read
 * from stays as it is until a snapshot of the result is whole on the disk. Returns the version it had.
 */
export function migrate(statements: Statements, target = SCHEMA_VERSION): number {
  const from = schemaVersion(statements);
  for (let version = from; version < target; version++) {
    statements.script('BEGIN');
    try {
      statements.script(MIGRATIONS[version] ?? '');
      statements.script(`PRAGMA user_version = ${String(version + 1)}`);
      statements.script('COMMIT');
    } catch (error) {
      statements.script('ROLLBACK');
      throw error;
    }
  }
  return from;
}
