import type { Statements } from './statements.js';
import { integer } from './statements.js';

/** Row ids remembered, so that a commit finds its parent's without asking. */
const REMEMBERED = 10_000;

/** The row ids of commits, which only grow while a store is open: their order is the order stored. */
export class CommitIds {
  private readonly known = new Map<string, number>();
  private last: number | null = null;

  constructor(private readonly statements: Statements) {}

  /** Whether it is known without asking that the commit is there. */
  has(hash: string): boolean {
    return this.known.has(hash);
  }

  of(hash: string): number | undefined {
    const known = this.known.get(hash);
    if (known !== undefined) return known;
    const row = this.statements.row('SELECT id FROM commits WHERE hash = unhex(?)', [hash]);
    if (row === undefined) return undefined;
    const id = integer(row, 0);
    this.remember(hash, id);
    return id;
  }

  remember(hash: string, id: number): void {
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(hash, id);
  }

  /** An id for a commit that is new. */
  take(): number {
    if (this.last === null) {
      const row = this.statements.row('SELECT coalesce(max(id), 0) FROM commits');
      this.last = row === undefined ? 0 : integer(row, 0);
    }
    this.last++;
    return this.last;
  }

  /** To be called when commits were removed; the ids of others stay, and new ones go on from the last. */
  forgetRemoved(): void {
    this.known.clear();
  }

  /** To be called when a transaction was rolled back. */
  forget(): void {
    this.known.clear();
    this.last = null;
  }
}
