import { fdatasync, writeSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { mkdir, open, readdir, rename, stat, truncate, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FileLayer } from '../file-layer.js';

/** The file layer of a real folder; `make`: the folder is made when it is not there. */
export async function openFileLayer(directory: string, options: { readonly make: boolean }): Promise<FileLayer> {
  // A folder on a read-only file system may be there all the same: what is done next decides.
  if (options.make) await mkdir(directory, { recursive: true }).catch(() => undefined);
  return new NodeFileLayer(directory);
}

/** Takes less of a turn than `FileHandle.datasync`. */
const dataSync = promisify(fdatasync);

/** Bytes that are written at once, without the thread pool. */
const SMALL_WRITE = 64 * 1024;

class NodeFileLayer implements FileLayer {
  private readonly readers = new Map<string, Promise<FileHandle>>();
  private readonly writers = new Map<string, Promise<FileHandle>>();
  /** The file written last: no promise has to be waited for to write to it again. */
  private current: { readonly name: string; readonly fd: number } | null = null;

  constructor(private readonly directory: string) {}

  async list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    const entries = await readdir(this.directory, { withFileTypes: true }).catch((error: unknown): Dirent[] => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });
    const files: { name: string; size: number }[] = [];
    for (const entry of entries) {
      // Links are not followed, folders are not ours.
      if (!entry.isFile()) continue;
      const stats = await stat(join(this.directory, entry.name)).catch((error: unknown): Stats | undefined => {
        if (isCode(error, 'ENOENT')) return undefined;
        throw error;
      });
      if (stats !== undefined) files.push({ name: entry.name, size: stats.size });
    }
    return files;
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    const handle = await this.handle(this.readers, name, 'r');
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  async create(name: string): Promise<void> {
    await this.forget(name);
    this.writers.set(name, open(join(this.directory, name), 'w', 0o600));
    await this.handle(this.writers, name, 'r+');
  }

  async write(name: string, offset: number, bytes: Uint8Array): Promise<void> {
    const handle = await this.handle(this.writers, name, 'r+');
    let done = 0;
    // A copy into the page cache takes less time than a turn of the thread pool; the sync that follows does not block.
    if (bytes.length <= SMALL_WRITE) done = writeSync(handle.fd, bytes, 0, bytes.length, offset);
    while (done < bytes.length) {
      done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
    }
  }

  async writeDurably(name: string, offset: number, bytes: Uint8Array): Promise<void> {
    if (this.current?.name === name && bytes.length <= SMALL_WRITE) {
      const { fd } = this.current;
      const written = writeSync(fd, bytes, 0, bytes.length, offset);
      // Where only a part of it went in, the rest comes with another try, or the reason why it does not.
      if (written === bytes.length) return dataSync(fd);
    }
    await this.write(name, offset, bytes);
    await this.sync(name);
    this.current = { name, fd: (await this.handle(this.writers, name, 'r+')).fd };
  }

  async truncate(name: string, length: number): Promise<void> {
    await this.forget(name);
    await truncate(join(this.directory, name), length);
  }

  async sync(name: string): Promise<void> {
    // fdatasync also writes the length, which is all of the metadata that reading the bytes back needs.
    await dataSync((await this.handle(this.writers, name, 'r+')).fd);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.forget(from);
    await this.forget(to);
    await rename(join(this.directory, from), join(this.directory, to));
  }

  async remove(name: string): Promise<void> {
    await this.forget(name);
    await unlink(join(this.directory, name));
  }

  async syncDirectory(): Promise<void> {
    // Windows has no handle on a folder to sync; NTFS journals names itself.
    if (process.platform === 'win32') return;
    const handle = await open(this.directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    for (const name of new Set([...this.readers.keys(), ...this.writers.keys()])) await this.forget(name);
  }

  private async handle(handles: Map<string, Promise<FileHandle>>, name: string, flags: string): Promise<FileHandle> {
    let handle = handles.get(name);
    if (handle === undefined) {
      handle = open(join(this.directory, name), flags);
      handles.set(name, handle);
    }
    try {
      return await handle;
    } catch (error) {
      handles.delete(name);
      throw error;
    }
  }

  /** Closes handles of a file that is replaced: they would go on reading the old one. */
  private async forget(name: string): Promise<void> {
    if (this.current?.name === name) this.current = null;
    for (const handles of [this.readers, this.writers]) {
      const handle = handles.get(name);
      handles.delete(name);
      if (handle !== undefined) await (await handle.catch(() => undefined))?.close();
    }
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
