import type { Environment } from '../environment.js';
import type { CompileSource } from '../compile/compiler.js';
import type { RenderOptions } from '../compile/options.js';
import type { CompiledContext } from '../model/context.js';
import { CompileMismatchError, NotReproducibleError } from '../model/errors.js';
import type { StoredRecord } from '../model/record.js';
import type { RecordStore } from '../ports/storage.js';
import { unpackEffectives } from './effectives.js';

/** Compiles what a record was made of: its head, under the options in its params. */
export async function compileRecorded(
  compiler: Environment['compiler'],
  source: CompileSource,
  record: StoredRecord,
): Promise<CompiledContext> {
  return compiler.compile(source, record.headHash, (record.params?.['compile'] ?? {}) as RenderOptions);
}

/**
 * The context of a record, compiled again and checked against the hash of what was sent (SPEC §7).
 * @throws NotReproducibleError for records imported without what their context was made of (Annex B.11), CompileMismatchError
 */
export async function reproduce(
  compiler: Environment['compiler'],
  source: CompileSource & Pick<RecordStore, 'record'>,
  record: StoredRecord,
): Promise<CompiledContext> {
  if (record.contextHash === null) throw new NotReproducibleError(record.id, unpackEffectives(source, record));
  const context = await compileRecorded(compiler, source, record);
  if (context.contextHash !== record.contextHash) {
    throw new CompileMismatchError(
      `Record ${record.id} was sent with context ${record.contextHash.slice(0, 16)} but compiles to ${context.contextHash.slice(0, 16)}. Nothing was changed; run Doctor.`,
    );
  }
  return context;
}
