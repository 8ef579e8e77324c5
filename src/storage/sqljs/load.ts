import initSqlJs from 'sql.js';
import type { SqlJsStatic } from 'sql.js';

/**
 * SQLite compiled to WebAssembly. `wasmBinary` are the bytes of `sql-wasm.wasm`; without them sql.js looks beside its own script,
 * which works in Node as long as nothing is bundled.
 */
export function loadSqlJs(wasmBinary?: Uint8Array): Promise<SqlJsStatic> {
  if (wasmBinary === undefined) return initSqlJs();
  const copy = new ArrayBuffer(wasmBinary.byteLength);
  new Uint8Array(copy).set(wasmBinary);
  return initSqlJs({ wasmBinary: copy });
}
