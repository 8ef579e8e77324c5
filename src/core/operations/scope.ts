import type { Environment } from '../environment.js';
import type { Transaction } from '../transaction.js';

/** What an operation works on: one tract, through one transaction, with the environment's ports. */
export interface Scope {
  readonly tractId: string;
  readonly tx: Transaction;
  readonly env: Environment;
}
