import { crc32 } from 'node:zlib';
import type { FileLayer } from '../file-layer.js';
import type { Crc32 } from '../journal/crc.js';
import { portableCrc32 } from '../journal/crc.js';
import { FILE_HEADER } from '../journal/frame.js';
import type { FilePosition, StoreMedium } from '../medium.js';
import { logName } from '../medium.js';

/** A log file that has grown beyond this is followed by a new one, so that GC can rewrite one without rewriting all. */
const LOG_FILE_BYTES = 32 * 1024 * 1024;

/** A store in a folder: appends, one data sync per frame, snapshots by atomic rename. */
export class NodeMedium implements StoreMedium {
  readonly durability = 'machine crash';
  // Missing before Node 20.15; about ten times as fast as the portable one.
  readonly crc32: Crc32 = typeof crc32 === 'function' ? crc32 : portableCrc32;

  constructor(
    private readonly files: FileLayer,
    private readonly logFileBytes = LOG_FILE_BYTES,
  ) {}

  list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    return this.files.list();
  }

  read(name: string, offset: number, length: number): Promise<Uint8Array> {
    return this.files.read(name, offset, length);
  }

  after(end: FilePosition): FilePosition {
    return end.offset < this.logFileBytes ? end : { file: end.file + 1, offset: FILE_HEADER };
  }

  append(at: FilePosition, header: Uint8Array, frame: Uint8Array): Promise<void> {
    const name = logName(at.file);
    return at.offset === FILE_HEADER
      ? this.begin(name, header, frame)
      : this.files.writeDurably(name, at.offset, frame);
  }

  /** Makes a log file with its first frame. */
  private async begin(name: string, header: Uint8Array, frame: Uint8Array): Promise<void> {
    await this.files.create(name);
    const bytes = new Uint8Array(header.length + frame.length);
    bytes.set(header);
    bytes.set(frame, header.length);
    await this.files.writeDurably(name, 0, bytes);
    // Its name must be as durable as its bytes before anything in it is acknowledged.
    await this.files.syncDirectory();
  }

  async cut(end: FilePosition): Promise<void> {
    const name = logName(end.file);
    const there = (await this.files.list()).find((file) => file.name === name);
    if (there === undefined) return;
    if (end.offset <= FILE_HEADER) {
      await this.files.remove(name);
      await this.files.syncDirectory();
    } else if (there.size > end.offset) {
      await this.files.truncate(name, end.offset);
      await this.files.sync(name);
    }
  }

  async writeWhole(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const temporary = `${name}.tmp`;
    await this.files.create(temporary);
    let offset = 0;
    for (const part of parts) {
      await this.files.write(temporary, offset, part);
      offset += part.length;
    }
    await this.files.sync(temporary);
    await this.files.rename(temporary, name);
    await this.files.syncDirectory();
  }

  async rename(from: string, to: string): Promise<void> {
    await this.files.rename(from, to);
    await this.files.syncDirectory();
  }

  remove(name: string): Promise<void> {
    return this.files.remove(name);
  }

  close(): Promise<void> {
    return this.files.close();
  }
}
