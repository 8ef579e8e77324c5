import type { Database, SqlJsStatic } from 'sql.js';
import { StoreIntegrityError, StoreNewerError } from '../errors.js';
import type { PlacedChange } from '../journal/place.js';
import { ChangeWriter } from './apply.js';
import { dropPages } from './commit-pages.js';
import { GraphQueries } from './graph-queries.js';
import { SCHEMA_VERSION, migrate } from './schema.js';
import { Statements, integer } from './statements.js';
import { TableQueries } from './table-queries.js';

/** How far into the log a database has come: the last batch it holds, and where the next one lies. */
export interface LogPosition {
  /** Number of the last frame applied; 0 before the first. */
  readonly seq: number;
  /** CRC of that frame, to notice a log that went another way; 0 before the first. */
  readonly crc: number;
  /** Log file and offset just behind that frame. */
  readonly file: number;
  readonly offset: number;
}

export const LOG_START: LogPosition = { seq: 0, crc: 0, file: 0, offset: 0 };

/**
 * Memory is all there is, so nothing is synchronised, and nobody else opens it: locked once, it is not looked for by name in the
 * file system of sql.js before every statement. Page cache in KiB, enough for the inner pages of the indexes at 100k commits.
 */
const PRAGMAS = `
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -8192;`;

/** After these, what was read before may be elsewhere, or nowhere. */
const FORGETS: ReadonlySet<PlacedChange['kind']> = new Set(['removeCommits', 'removeContents', 'moved']);

/** The metadata of a store: SQLite in memory, made from a snapshot's bytes or empty (SPEC §16). */
export class MetadataDatabase {
  readonly graph: GraphQueries;
  readonly tables: TableQueries;
  /** The schema version the bytes had; differs from SCHEMA_VERSION when they were migrated, or are newer. */
  readonly versionFound: number;
  private readonly db: Database;
  private readonly statements: Statements;
  private readonly writer: ChangeWriter;

  /** Takes `bytes` over. @throws when they are no database of Tract */
  constructor(sql: SqlJsStatic, bytes: Uint8Array | null) {
    this.db = new sql.Database(bytes === null ? null : handedOver(bytes));
    this.statements = new Statements(this.db);
    let found = 0;
    try {
      this.statements.script(PRAGMAS);
      found = migrate(this.statements);
      this.versionFound = bytes === null ? SCHEMA_VERSION : found;
      this.graph = new GraphQueries(this.statements);
      this.tables = new TableQueries(this.statements);
      this.writer = new ChangeWriter(this.statements);
      // Fails here, not at the first use, when the file is not ours or has tables we do not know.
      this.probe();
    } catch (error) {
      this.db.close();
      if (found > SCHEMA_VERSION) throw new StoreNewerError(found, SCHEMA_VERSION);
      throw error;
    }
  }

  get newer(): boolean {
    return this.versionFound > SCHEMA_VERSION;
  }

  /**
   * Whether a batch will apply, as far as that is known before it is.
   * @throws StoreIntegrityError as {@link apply} would
   */
  willApply(changes: readonly PlacedChange[]): boolean {
    return this.writer.willApply(changes);
  }

  /** Applies a batch in one transaction: all of it or, when it throws, none. */
  apply(changes: readonly PlacedChange[]): void {
    this.statements.run('BEGIN');
    try {
      for (const change of changes) this.writer.apply(change);
      if (changes.some(({ kind }) => kind === 'moved')) dropPages(this.statements);
      this.statements.run('COMMIT');
    } catch (error) {
      this.statements.run('ROLLBACK');
      this.writer.forget();
      this.graph.forget();
      if (error instanceof StoreIntegrityError) throw error;
      throw new StoreIntegrityError(error instanceof Error ? `${error.message}.` : String(error), { cause: error });
    }
    for (const change of changes) {
      if (change.kind === 'ref') this.tables.keepRef(change.tractId, change.name, change.value);
    }
    const inserted = this.writer.takeInserted();
    if (changes.some(({ kind }) => FORGETS.has(kind))) this.graph.forget();
    else for (const commit of inserted) this.graph.keep(commit);
  }

  /** How far the bytes this was made from had come; {@link stamp} sets it. */
  position(): LogPosition {
    const read = (key: string): number => {
      const row = this.statements.row('SELECT value FROM meta WHERE key = ?', [key]);
      return row === undefined ? 0 : integer(row, 0);
    };
    return { seq: read('seq'), crc: read('crc'), file: read('file'), offset: read('offset') };
  }

  stamp(position: LogPosition): void {
    for (const [key, value] of Object.entries(position)) {
      this.statements.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', [key, value as number]);
    }
  }

  /** What {@link export} would give, in bytes. */
  get bytes(): number {
    const row = this.statements.row('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');
    return row === undefined ? 0 : integer(row, 0);
  }

  /** The whole database as the bytes of an SQLite file. Ends prepared statements, which are made again when used. */
  export(): Uint8Array {
    this.statements.release();
    const bytes = this.db.export();
    // sql.js opens its database anew after an export, and a new connection forgets these.
    this.statements.script(PRAGMAS);
    return bytes;
  }

  /** What `PRAGMA integrity_check` and `foreign_key_check` find; empty when all is well. O(database). */
  integrity(): readonly string[] {
    const found = this.statements.rows('PRAGMA integrity_check', [], (row) => String(row[0]));
    const foreign = this.statements.rows(
      'PRAGMA foreign_key_check',
      [],
      (row) => `row ${String(row[1])} of ${String(row[0])} names a row of ${String(row[2])} that is not there`,
    );
    return [...found.filter((line) => line !== 'ok'), ...foreign];
  }

  private probe(): void {
    this.position();
    this.graph.line('', 1);
    this.graph.places([]);
    this.tables.tracts();
    this.tables.refLog('', { limit: 1 });
    this.tables.records('', { limit: 1 });
    this.tables.usageReports('');
    this.tables.ops({ limit: 1 });
  }

  close(): void {
    this.statements.release();
    this.db.close();
  }
}

/**
 * sql.js copies the bytes it is given with `slice`, although nobody else uses them: at 100k commits 40 MB that then wait for the
 * garbage collector. Asked for all of them, these bytes give themselves.
 */
function handedOver(bytes: Uint8Array): Uint8Array {
  return Object.defineProperty(bytes.subarray(), 'slice', {
    value(this: Uint8Array, from = 0, to = this.length) {
      return from === 0 && to === this.length ? this : this.subarray(from, to).slice();
    },
  });
}
