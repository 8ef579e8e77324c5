import type { Environment } from '../environment.js';
import { graphFields } from '../graph/ancestry.js';
import { FormatError, TractNotFoundError } from '../model/errors.js';
import { commitHash } from '../model/hash.js';
import { symbolicTarget } from '../model/refs.js';
import type { StoredRecord } from '../model/record.js';
import type { StoredTract } from '../model/tract.js';
import type { Change, Storage } from '../ports/storage.js';
import type { Transaction } from '../transaction.js';
import { closure, hashesOf, refLogEntries } from './reachable.js';

/** First line of an export; then changes, one a line, in an order that can be written as it stands; then an {@link End}. */
interface Header {
  readonly format: 'tract-export';
  readonly version: 1;
  readonly tractId: string;
}

/** Last line: without it the file was cut off, and with it went refs or records that nothing else would miss. */
interface End {
  readonly kind: 'end';
  /** Lines before this one. */
  readonly lines: number;
}

const CHUNK = 200;

/**
 * A tract as lines of JSON (SPEC §9.8): its commits with their contents, refs, ref log, records, usage reports and ops. Importing
 * them elsewhere gives the same tract, hash for hash. O(tract), in bounded memory.
 * @throws TractNotFoundError
 */
export async function* exportTract(store: Storage, tractId: string): AsyncGenerator<string> {
  const tract = store.tract(tractId);
  if (!tract) throw new TractNotFoundError(tractId);
  let lines = 0;
  for await (const written of linesOf(store, tract)) {
    lines++;
    yield written;
  }
  yield line({ kind: 'end', lines });
}

async function* linesOf(store: Storage, tract: StoredTract): AsyncGenerator<string> {
  const { tractId } = tract;
  yield line({ format: 'tract-export', version: 1, tractId } satisfies Header);
  yield line({ kind: 'tract', tract });
  const records = [...store.records(tractId, { limit: Number.MAX_SAFE_INTEGER })].reverse();
  const log = [...refLogEntries(store, tractId)].reverse();
  const refs = store.refs(tractId);
  const reached = closure(store, [
    ...[...refs.values()].filter((value) => symbolicTarget(value) === undefined),
    ...records.flatMap((record) => [record.headHash, record.answerHash ?? '']),
    ...log.flatMap(hashesOf),
    tract.spawn?.commitHash ?? '',
  ]);
  // The store's own order puts parents before children.
  const hashes = [...store.commitHashes()].filter((hash) => reached.has(hash));
  const written = new Set<string>();
  for (let i = 0; i < hashes.length; i += CHUNK) {
    const commits = hashes.slice(i, i + CHUNK).flatMap((hash) => store.commit(hash) ?? []);
    const contents = await store.contents(commits.map((commit) => commit.contentHash));
    for (const commit of commits) {
      const text = contents.get(commit.contentHash);
      if (text !== undefined && !written.has(commit.contentHash))
        yield line({ kind: 'content', contentHash: commit.contentHash, text });
      written.add(commit.contentHash);
      yield line({ kind: 'commit', commit });
      for (const report of store.usageReports(commit.commitHash)) yield line({ kind: 'usage', report });
    }
  }
  for (const [name, value] of refs) yield line({ kind: 'ref', tractId, name, value });
  for (const { seq: _seq, ...entry } of log) yield line({ kind: 'refLog', entry });
  for (const record of records) yield line({ kind: 'record', record });
  for (const op of [...store.ops({ tractId, limit: Number.MAX_SAFE_INTEGER })].reverse())
    yield line({ kind: 'op', op });
}

function line(value: Header | Change | End): string {
  return JSON.stringify(value) + '\n';
}

/**
 * Puts an exported tract into a transaction, every hash checked. A tract that is there already gets what it lacks; its own refs
 * and logs stay. Importing the same file again adds nothing.
 * @throws FormatError naming the line; nothing is changed then
 */
export async function importTract(tx: Transaction, env: Environment, lines: AsyncIterable<string>): Promise<string> {
  let header: Header | undefined;
  let known = false;
  let ended = false;
  let number = 0;
  let taken = 0;
  for await (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    const value = parse(text, number);
    taken++;
    if (header === undefined) {
      header = headerOf(value);
      known = tx.tract(header.tractId) !== undefined;
      continue;
    }
    if (ended) throw new FormatError(`Line ${number} stands behind the end of the export. Nothing was imported.`);
    if (isEnd(value)) {
      ended = value.lines === taken - 1;
      if (!ended) throw new FormatError(`The export lacks lines: ${value.lines} were written. Nothing was imported.`);
      continue;
    }
    try {
      take(tx, env, value as Change, known);
    } catch (error) {
      throw new FormatError(
        `Line ${number} of the export is damaged: ${error instanceof Error ? error.message : String(error)} Nothing was imported.`,
        { cause: error },
      );
    }
  }
  if (!header) throw new FormatError('The file is empty. Nothing was imported.');
  if (!ended) throw new FormatError('The export was cut off: its end is missing. Nothing was imported.');
  return header.tractId;
}

function isEnd(value: unknown): value is End {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'end';
}

function parse(text: string, number: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`Line ${number} of the export is not JSON. Nothing was imported.`, { cause: error });
  }
}

function headerOf(value: unknown): Header {
  const header = value as Partial<Header> | null;
  if (header?.format !== 'tract-export' || typeof header.tractId !== 'string')
    throw new FormatError('The file is no export of Tract. Nothing was imported.');
  if (header.version !== 1)
    throw new FormatError(
      `The file is an export of version ${String(header.version)}, and this Tract reads version 1. Nothing was imported; update Tract.`,
    );
  return header as Header;
}

function take(tx: Transaction, env: Environment, change: Change, known: boolean): void {
  switch (change.kind) {
    case 'content':
      if (env.hasher.sha256(change.text) !== change.contentHash)
        throw new FormatError('A content does not match its hash.');
      if (!tx.hasContent(change.contentHash)) tx.put(change);
      return;
    case 'commit':
      takeCommit(tx, env, change);
      return;
    case 'usage':
      if (
        !tx
          .usageReports(change.report.headHash)
          .some((report) => report.at === change.report.at && report.optionsKey === change.report.optionsKey)
      )
        tx.put(change);
      return;
    case 'record':
      if (!tx.record(change.record.id)) tx.put({ kind: 'record', record: settled(change.record) });
      return;
    case 'ref':
      if (tx.ref(change.tractId, change.name) === undefined && !known) tx.put(change);
      return;
    case 'refLog':
      // Numbers of entries are the store's own.
      if (!known) tx.put({ ...change, entry: { ...change.entry, of: null } });
      return;
    case 'tract':
    case 'op':
      if (!known) tx.put(change);
      return;
    default:
      throw new FormatError(`An export holds no '${String((change as { kind?: unknown }).kind).slice(0, 40)}'.`);
  }
}

/** A call that was under way in the other store never ends here. */
function settled(record: StoredRecord): StoredRecord {
  return record.outcome === 'pending' ? { ...record, outcome: 'interrupted' } : record;
}

function takeCommit(tx: Transaction, env: Environment, change: Extract<Change, { kind: 'commit' }>): void {
  const { commit } = change;
  if (tx.commit(commit.commitHash)) return;
  if (commitHash(commit, env.hasher) !== commit.commitHash) throw new FormatError('A commit does not match its hash.');
  if (!tx.hasContent(commit.contentHash)) throw new FormatError('A commit comes without its content.');
  const derived = graphFields(tx, commit.commitHash, commit.parentHash, commit.extraParents);
  tx.put({ kind: 'commit', commit: { ...commit, ...derived } });
}
