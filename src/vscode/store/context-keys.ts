import * as vscode from 'vscode';

/** What `when` clauses know of the store. */
export interface StoreKeys {
  /** The store was read: before that, views say nothing instead of "empty". */
  readonly loaded: boolean;
  /** It could not be opened; views say so. */
  readonly failed: boolean;
  readonly hasTracts: boolean;
  readonly manyTracts: boolean;
  readonly hasCommits: boolean;
  readonly manyBranches: boolean;
  readonly hasRecords: boolean;
  readonly hasTags: boolean;
  readonly detached: boolean;
  readonly readOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly hasPrevious: boolean;
}

export const NOTHING_KNOWN: StoreKeys = {
  loaded: false,
  failed: false,
  hasTracts: false,
  manyTracts: false,
  hasCommits: false,
  manyBranches: false,
  hasRecords: false,
  hasTags: false,
  detached: false,
  readOnly: false,
  canUndo: false,
  canRedo: false,
  hasPrevious: false,
};

const REMEMBERED = 'tract.contextKeys';

/**
 * Sets the context keys `tract.*`. They are remembered per workspace, so that palette and views are right before the store is open.
 */
export class ContextKeys {
  readonly #memory: vscode.Memento;
  #set: Partial<StoreKeys> = {};

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#apply({ ...NOTHING_KNOWN, ...memory.get<Partial<StoreKeys>>(REMEMBERED), loaded: false, failed: false });
  }

  /** Whether this workspace had a tract when it was last open. */
  get hadTracts(): boolean {
    return this.#memory.get<Partial<StoreKeys>>(REMEMBERED)?.hasTracts === true;
  }

  set(keys: StoreKeys): void {
    if (this.#apply(keys)) void this.#memory.update(REMEMBERED, keys);
  }

  #apply(keys: StoreKeys): boolean {
    let changed = false;
    for (const [name, value] of Object.entries(keys) as [keyof StoreKeys, boolean][]) {
      if (this.#set[name] === value) continue;
      changed = true;
      void vscode.commands.executeCommand('setContext', `tract.${name}`, value);
    }
    this.#set = keys;
    return changed;
  }
}
