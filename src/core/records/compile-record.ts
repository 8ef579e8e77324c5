import type { Environment } from '../environment.js';
import type { CompileSource } from '../compile/compiler.js';
import type { CompiledContext } from '../model/context.js';
import { checkOptions, TEXT, wholeFrom } from '../model/arguments.js';
import type { StoredRecord } from '../model/record.js';
import type { RecordStore } from '../ports/storage.js';
import { unpackEffectives } from './effectives.js';
import { reproduce } from './reproduce.js';

/** A record as `compileRecords` lists it (Annex A). */
export type CompileRecord = Omit<StoredRecord, 'effectives'>;

/** The whole of one record (SPEC §7). */
export interface CompileRecordDetails extends CompileRecord {
  /** The ordered effective commits. */
  readonly commitHashes: readonly string[];
  /** Compiles the same context and checks its hash. @throws NotReproducibleError, CompileMismatchError */
  reproduce(): Promise<CompiledContext>;
}

export function toCompileRecord(record: StoredRecord): CompileRecord {
  const { effectives: _effectives, ...rest } = record;
  return rest;
}

/**
 * The records of a tract, newest first (SPEC §7): `limit` of them, 100 unless given, `before` the record of that id.
 * @throws InvalidArgumentError
 */
export function compileRecords(
  store: Pick<RecordStore, 'records'>,
  tractId: string,
  options: { readonly limit?: number; readonly before?: string },
): readonly CompileRecord[] {
  checkOptions(options, { limit: wholeFrom(0), before: TEXT });
  const { limit = 100, before } = options;
  return store.records(tractId, { limit, ...(before === undefined ? {} : { before }) }).map(toCompileRecord);
}

export function recordDetails(
  compiler: Environment['compiler'],
  store: CompileSource & Pick<RecordStore, 'record'>,
  record: StoredRecord,
): CompileRecordDetails {
  return {
    ...toCompileRecord(record),
    commitHashes: unpackEffectives(store, record),
    reproduce: () => reproduce(compiler, store, record),
  };
}
