import type { SqlJsStatic } from 'sql.js';
import type { CachedVector } from './embedding-cache.js';

/** `user_version` of the file; another one is not read. */
const FORMAT = 1;
const HEX_KEY = /^[0-9a-f]{64}$/;

/** The bytes of an SQLite database holding `vectors` in the order given. */
export function encodeCache(sql: SqlJsStatic, vectors: readonly CachedVector[]): Uint8Array {
  const db = new sql.Database();
  try {
    db.run(
      `CREATE TABLE embedding (position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, vector BLOB NOT NULL);
       PRAGMA user_version = ${FORMAT};
       BEGIN`,
    );
    const insert = db.prepare('INSERT INTO embedding (key, vector) VALUES (?, ?)');
    for (const { key, vector } of vectors) insert.run([key, bytesOf(vector)]);
    insert.free();
    db.run('COMMIT');
    return db.export();
  } finally {
    db.close();
  }
}

/**
 * The vectors of a database that {@link encodeCache} made, in its order.
 * @throws Error when the bytes are no whole, sound cache of this format
 */
export function decodeCache(sql: SqlJsStatic, bytes: Uint8Array): CachedVector[] {
  const db = new sql.Database(bytes);
  try {
    if (db.exec('PRAGMA user_version')[0]?.values[0]?.[0] !== FORMAT) throw new Error('another format');
    if (db.exec('PRAGMA integrity_check')[0]?.values[0]?.[0] !== 'ok') throw new Error('damaged');
    const vectors: CachedVector[] = [];
    const rows = db.prepare('SELECT key, vector FROM embedding ORDER BY position');
    while (rows.step()) {
      const [key, blob] = rows.get();
      if (typeof key !== 'string' || !HEX_KEY.test(key) || !(blob instanceof Uint8Array))
        throw new Error('foreign row');
      vectors.push({ key, vector: vectorOf(blob) });
    }
    rows.free();
    return vectors;
  } finally {
    db.close();
  }
}

/** Little-endian, as every platform that runs VS Code stores floats. */
const bytesOf = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

function vectorOf(blob: Uint8Array): Float32Array {
  if (blob.length === 0 || blob.length % 4 !== 0) throw new Error('cut vector');
  const vector = new Float32Array(blob.slice().buffer);
  if (!vector.every(Number.isFinite)) throw new Error('vector that is not finite');
  return vector;
}
