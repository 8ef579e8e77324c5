/** The part of Node 24's SQLite that benchmarks use as a peer; the type packages of Node 20, which the product runs in, lack it. */
declare module 'node:sqlite' {
  export class StatementSync {
    run(...params: readonly (string | number | null)[]): unknown;
  }
  export class DatabaseSync {
    constructor(file: string);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}
