import type { Database, SqlValue, Statement } from 'sql.js';

export type Row = readonly SqlValue[];

/** Prepared statements of one database, kept by their text: preparing costs more than running. */
export class Statements {
  private readonly prepared = new Map<string, Statement>();

  constructor(private readonly db: Database) {}

  /** The first row, or undefined. */
  row(sql: string, params: SqlValue[] = []): Row | undefined {
    const statement = this.statement(sql);
    try {
      statement.bind(params);
      return statement.step() ? statement.get() : undefined;
    } finally {
      statement.reset();
    }
  }

  /** All rows, made by `map`. */
  rows<T>(sql: string, params: SqlValue[], map: (row: Row) => T): T[] {
    const statement = this.statement(sql);
    const found: T[] = [];
    try {
      statement.bind(params);
      while (statement.step()) found.push(map(statement.get()));
    } finally {
      statement.reset();
    }
    return found;
  }

  run(sql: string, params: SqlValue[] = []): void {
    const statement = this.statement(sql);
    try {
      statement.bind(params);
      statement.step();
    } finally {
      statement.reset();
    }
  }

  /** Rows that the last INSERT, UPDATE or DELETE changed. */
  get changed(): number {
    return this.db.getRowsModified();
  }

  /** Several statements without parameters, not kept. */
  script(sql: string): void {
    this.db.run(sql);
  }

  /** To be called before anything that ends the database's statements (export, close). */
  release(): void {
    for (const statement of this.prepared.values()) statement.free();
    this.prepared.clear();
  }

  private statement(sql: string): Statement {
    let statement = this.prepared.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.prepared.set(sql, statement);
    }
    return statement;
  }
}

/** Columns are what the schema says; a row that breaks it is a damaged database. */
export function text(row: Row, column: number): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${String(column)} holds ${typeof value}, not text`);
  return value;
}

export function textOrNull(row: Row, column: number): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: number): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${String(column)} holds ${typeof value}, not a number`);
  return value;
}

/** A LIMIT that SQLite takes: whole, not negative (which would mean no limit), within 32 bits. */
export function atMost(limit: number): number {
  return Math.min(Math.max(0, Math.floor(limit)), 0x7fffffff);
}
