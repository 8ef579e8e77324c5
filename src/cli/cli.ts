import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import { InvalidArgumentError, TractNotFoundError } from '../core/model/errors.js';
import type { StoredTract } from '../core/model/tract.js';
import type { Store } from '../core/store.js';
import type { Tract } from '../core/tract.js';
import type { OpenOptions } from '../node/open-store.js';
import { findStore, type StoreHints } from './find-store.js';
import type { Output } from './output.js';

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean };

/** What the command line is given by its composition root: the process that it runs in, and what belongs to other layers. */
export interface CliHost {
  readonly version: string;
  /** Asked for by a command that reads it: to open it takes time, too. */
  readonly stdin: () => Readable;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Called before a command that ends within seconds opens its store. */
  readonly beforeShortCommand?: () => void;
  /** `tract mcp`: hands MCP messages between stdio and the window that owns the store, until stdin ends. */
  readonly runBridge: (options: { readonly directory: string }) => Promise<void>;
}

/** What every command is given for one run. */
export interface Cli extends CliHost {
  readonly out: Output;
  /** `--store` */
  readonly store: string | undefined;
  /** `--tract` */
  readonly tract: string | undefined;
  /** What the process exits with when the command returns: 0 unless a command says otherwise. */
  exitCode: number;
}

/** Adds a command to the program; `cli` is asked for once the options are known. */
export type Register = (program: Command, cli: () => Cli) => void;

/** `write` takes the store's lock or fails; `repair` takes it when it is free; `read` never does. */
type Access = 'read' | 'write' | 'repair';

/** How a command uses the store: with a budget; `isLong` when it may take more than a few seconds. */
interface StoreUse extends Pick<OpenOptions, 'budget'> {
  readonly isLong?: boolean;
}

export const hintsOf = ({ store, env, cwd }: Cli): StoreHints => ({ option: store, env, cwd });

/**
 * Opens the store, runs `work`, closes it.
 * @throws StoreNotFoundError; StoreLockedError when `work` writes and another process holds the store; what `work` throws
 */
export async function withStore<T>(
  cli: Cli,
  access: Access,
  work: (store: Store) => Promise<T>,
  { isLong = false, ...options }: StoreUse = {},
): Promise<T> {
  const directory = findStore(hintsOf(cli));
  if (!isLong) cli.beforeShortCommand?.();
  // The storage is loaded once it is certain that there is a store.
  const { openStore } = await import('../node/open-store.js');
  const store = await openStore({ ...options, directory, readOnly: access === 'read', application: 'tract CLI' });
  try {
    for (const notice of store.storage.notices) cli.out.note(notice.message);
    // An empty write changes nothing where we may write, and says who holds the store where we may not.
    if (access === 'write' && store.storage.readOnlyReason !== null) await store.storage.write([]);
    return await work(store);
  } finally {
    await store.close();
  }
}

/** As {@link withStore}, with the tract that `--tract` names, else the one worked on last. @throws TractNotFoundError */
export function withTract<T>(
  cli: Cli,
  access: Access,
  work: (tract: Tract, store: Store) => Promise<T>,
  options: StoreUse = {},
): Promise<T> {
  return withStore(cli, access, (store) => work(store.tract(pickTract(store, cli.tract).tractId), store), options);
}

/** A tract by id, name or a prefix of its id that only it (and its children) has; without one, the main tract whose refs moved last. */
export function pickTract(store: Store, wanted: string | undefined): StoredTract {
  const tracts = store.tracts();
  if (wanted !== undefined) {
    const exact = tracts.find(({ tractId }) => tractId === wanted) ?? tracts.find(({ name }) => name === wanted);
    if (exact) return exact;
    const prefixed = tracts.filter(({ tractId }) => tractId.toLowerCase().startsWith(wanted.toLowerCase()));
    // The ids of a session's sub-agents begin with the session's.
    const sessions = prefixed.filter(({ spawn }) => spawn === null);
    const [found, second] = sessions.length > 0 ? sessions : prefixed;
    if (!found) throw new TractNotFoundError(wanted);
    if (second)
      throw new InvalidArgumentError(
        `'${wanted}' begins the ids of ${prefixed.length} tracts: give more of it ('tract status --all' lists them).`,
      );
    return found;
  }
  const movedAt = ({ tractId }: StoredTract) => store.storage.refLog(tractId, { limit: 1 })[0]?.at ?? '';
  const main = tracts.filter(({ spawn }) => spawn === null);
  const [last] = main
    .map((tract) => ({ tract, at: movedAt(tract) }))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const found = last?.tract ?? tracts[0];
  if (!found) throw new TractNotFoundError('(none)');
  return found;
}
