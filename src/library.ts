/**
 * Tract as a library (SPEC §18): the entry of `dist/core.mjs` and its composition root, where the core meets storage, tokens and
 * the other layers. What only opens a store is in `node/open-store.ts`, so that the CLI loads no more than that.
 */
import { readFile } from 'node:fs/promises';
import { checkArgument, checkOptions, OBJECT, orNull, PATH, STORED_NAME, TEXT } from './core/model/arguments.js';
import { CONTENT_TYPES } from './core/model/content.js';
import { contentHash as hashContent } from './core/model/content-hash.js';
import { FormatError, TractNotFoundError } from './core/model/errors.js';
import { checkCommitHashFields, commitHash as hashCommit, type CommitHashFields } from './core/model/hash.js';
import type { Store } from './core/store.js';
import type { Tract as CoreTract } from './core/tract.js';
import { nodeHasher } from './node/hasher.js';
import { openStore, type OpenOptions } from './node/open-store.js';
import { tokenizers } from './node/tokenizers.js';
import { wasmBinary } from './node/wasm-binary.js';
import { loadSqlJs } from './storage/sqljs/load.js';
import type { IncrementalCounter } from './tokens/incremental-counter.js';
import { importPythonDatabase } from './transcripts/python-tract/import.js';
import { readPythonDatabase } from './transcripts/python-tract/rows.js';

export * from './core/model/errors.js';
export * from './ops/errors.js';
export {
  StoreBackupError,
  StoreClosedError,
  StoreIntegrityError,
  StoreLockedError,
  StoreNewerError,
  StoreReadOnlyError,
  StoreUnreadableError,
  StoreWriteError,
} from './storage/errors.js';
export { canonicalJson } from './core/model/canonical.js';
export type { Commit } from './core/model/commit.js';
export type { CompiledContext, CompiledMessage } from './core/model/context.js';
export type { TokenUsage } from './core/model/usage.js';
export type { Model, ModelEvent, ModelRequest } from './core/ports/model.js';
export { normalizeUsage } from './core/records/usage.js';
export { selectFilesForContext } from './budget/index.js';
export { openEmbeddingCache } from './budget/node/open-embedding-cache.js';
export { openStore, type OpenOptions } from './node/open-store.js';
export { openOps } from './ops/node/open-ops.js';
export { importTranscript } from './transcripts/node/import-transcript.js';
export { TranscriptFileError, TranscriptTooLargeError, UnknownTranscriptError } from './transcripts/errors.js';
export { UnknownEncodingError } from './tokens/encodings.js';

/** Exact tokens of a text (SPEC §6); `""` → 0. @throws UnknownEncodingError, InvalidArgumentError when it is no text */
export const countTokens = (text: string, encoding?: string): number => {
  checkArgument('text', text, TEXT);
  checkEncoding(encoding);
  return tokenizers.countTokens(text, encoding);
};

/** A counter that follows a document through its edits. @throws UnknownEncodingError */
export const createIncrementalCounter = (text: string, encoding?: string): IncrementalCounter => {
  checkArgument('text', text, TEXT);
  checkEncoding(encoding);
  return tokenizers.createIncrementalCounter(text, encoding);
};

function checkEncoding(encoding: string | undefined): void {
  if (encoding !== undefined) checkArgument('encoding', encoding, TEXT, 'Nothing was counted.');
}

/** The hash of a content (SPEC §4). @throws ContentValidationError */
export const contentHash = (content: object): string => hashContent(content, CONTENT_TYPES, nodeHasher);

/** The hash of a commit (SPEC §4). @throws InvalidArgumentError naming the field that is not what it must be */
export const commitHash = (fields: CommitHashFields): string => {
  checkCommitHashFields(fields);
  return hashCommit(fields, nodeHasher);
};

export type Tract = CoreTract;
export const Tract = {
  /**
   * Opens a tract (SPEC §18): `tractId`, made when it is not there; without it the store's first, or a new one. Closing the tract
   * closes the store.
   */
  async open(options: OpenOptions & { readonly tractId?: string } = {}): Promise<CoreTract> {
    checkOptions(options, { tractId: orNull(STORED_NAME) }, 'Nothing was opened.');
    const store = await openStore(options);
    const tractId = options.tractId ?? store.tracts()[0]?.tractId;
    try {
      return await store.create(tractId === undefined ? { name: 'main' } : { tractId });
    } catch (error) {
      await store.close();
      throw error;
    }
  },

  /** Opens a store as `open` does and imports an exported tract into it (SPEC §9.8). @throws FormatError */
  async importFrom(file: string, options: OpenOptions = {}): Promise<CoreTract> {
    checkArgument('The file', file, PATH, 'Nothing was imported.');
    const store = await openStore(options);
    try {
      return await store.importTract(file);
    } catch (error) {
      await store.close();
      throw error;
    }
  },
};

/**
 * Opens a store as `Tract.open` does, or takes an open one, and imports a SQLite file of the Python `tract` into it (SPEC §9.8).
 * Importing twice adds nothing. Gives the tract `tractId`, else the file's first.
 * @throws FormatError, TractNotFoundError when the file has no tract of that id; nothing is changed then
 */
export async function importTract(
  file: string,
  options: OpenOptions & { readonly tractId?: string; readonly store?: Store } = {},
): Promise<CoreTract> {
  checkArgument('The file', file, PATH, 'Nothing was imported.');
  checkOptions(options, { store: OBJECT, tractId: TEXT }, 'Nothing was imported.');
  const store = options.store ?? (await openStore(options));
  try {
    return store.tract(await importPythonTracts(store, file, options.tractId));
  } catch (error) {
    if (options.store === undefined) await store.close();
    throw error;
  }
}

/** Imports all tracts of the file; gives the id of the one that is wanted. */
async function importPythonTracts(store: Store, file: string, wanted?: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new FormatError(`The file ${file} cannot be read. Nothing was imported.`, { cause: error });
  }
  const database = readPythonDatabase(await loadSqlJs(await wasmBinary()), bytes);
  const tractId = wanted ?? database.tracts[0]?.tractId;
  if (tractId === undefined) throw new FormatError('The file holds no tract. Nothing was imported.');
  if (!database.tracts.some((tract) => tract.tractId === tractId)) throw new TractNotFoundError(tractId);
  await store.session.run(
    tractId,
    { name: 'import', detail: 'import of a Python tract database', op: true },
    (scope) => {
      importPythonDatabase(scope, database);
    },
  );
  return tractId;
}
