import { FILE_HEADER } from './journal/frame.js';
import { scanLog } from './journal/scan.js';
import { tractsTouched } from './listeners.js';
import type { StoreMedium } from './medium.js';
import { listStore, logName } from './medium.js';
import type { LogPosition, MetadataDatabase } from './sqljs/database.js';

export interface Followed {
  readonly position: LogPosition;
  readonly tractIds: ReadonlySet<string>;
}

/**
 * Applies the frames that another process appended behind `position`. Returns undefined when the log went another way (a frame was
 * taken back, a file is gone): the reader then has to load the store anew. A frame that is not whole yet waits for the next call.
 */
export async function followLog(
  medium: StoreMedium,
  db: MetadataDatabase,
  position: LogPosition,
): Promise<Followed | undefined> {
  const { logs } = await listStore(medium);
  const tractIds = new Set<string>();
  let reached = position;
  if (position.file > 0 && !logs.some(({ number, size }) => number === position.file && size >= position.offset)) {
    return undefined;
  }
  for (const { number, size } of logs) {
    if (number < reached.file) continue;
    const from = number === reached.file ? reached.offset : FILE_HEADER;
    if (size <= from) continue;
    const bytes = await medium.read(logName(number), from, size - from);
    for (const frame of scanLog(bytes, from, number, medium.crc32).frames) {
      if (frame.seq <= reached.seq && number !== position.file) continue;
      if (frame.seq !== reached.seq + 1 || frame.previousCrc !== reached.crc) return undefined;
      const changes = frame.changes();
      db.apply(changes);
      reached = { seq: frame.seq, crc: frame.crc, file: number, offset: frame.end };
      for (const id of tractsTouched(changes, (record) => db.tables.record(record)?.tractId)) tractIds.add(id);
    }
  }
  return { position: reached, tractIds };
}
