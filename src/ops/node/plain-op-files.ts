import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TractError } from '../../core/model/errors.js';
import { OpCollisionError, OpLinkRefusedError, OpNotFoundError, OpWriteError } from '../errors.js';
import type { OpFiles } from '../op-files.js';
import { assertOpId, opIdOfFile } from '../op-id.js';
import { GITATTRIBUTES, GITATTRIBUTES_TEXT, GITIGNORE, GITIGNORE_TEXT, OP_FILE_SUFFIX, OPS_FOLDER } from '../paths.js';

/** An op file has a handful of short lines; of anything larger only the beginning is read. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Never follow a link in the last step, never wait for the other end of a pipe. Windows has neither flag. */
const SAFE = flag('O_NOFOLLOW') | flag('O_NONBLOCK');

/**
 * Op records as `tract-ops/<ULID>.jsonl` under `directory` (SPEC §13). Files are created exclusively and appended to; a line is on
 * the disk (fdatasync, and the folder after a create) when its promise resolves. Links and special files are refused.
 */
export class PlainOpFiles implements OpFiles {
  readonly directory: string;
  readonly folder: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
    this.folder = join(this.directory, OPS_FOLDER);
  }

  path(opId: string): string {
    assertOpId(opId);
    return join(this.folder, opId + OP_FILE_SUFFIX);
  }

  async create(opId: string, lines: string): Promise<void> {
    const path = this.path(opId);
    await this.#writing(async () => {
      await this.ensureFolder();
      const file = await createFile(path);
      if (file === undefined) throw new OpCollisionError(opId);
      try {
        await writeDurably(file, lines);
      } catch (error) {
        await unlink(path).catch(ignore);
        throw error;
      } finally {
        await file.close();
      }
      await syncFolder(this.folder);
    });
  }

  async append(opId: string, line: string): Promise<void> {
    const path = this.path(opId);
    await this.#writing(async () => {
      const file = (await this.hasFolder()) ? await openPlain(path, constants.O_RDWR | constants.O_APPEND) : undefined;
      if (file === undefined) throw new OpNotFoundError(opId);
      try {
        await writeDurably(file, ((await isTorn(file)) ? '\n' : '') + line);
      } finally {
        await file.close();
      }
    });
  }

  /** @throws OpLinkRefusedError when the file is a link or no plain file */
  async read(opId: string): Promise<string | undefined> {
    const path = this.path(opId);
    if (!(await this.hasFolder())) return undefined;
    const file = await openPlain(path, constants.O_RDONLY);
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, MAX_FILE_BYTES));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Plain files whose name is an id; links, special files and foreign names are left aside. */
  async ids(): Promise<string[]> {
    if (!(await this.hasFolder().catch(() => false))) return [];
    const entries = await readdir(this.folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? (opIdOfFile(entry.name) ?? []) : [])).sort();
  }

  async note(log: string, lines: string): Promise<void> {
    try {
      await this.ensureFolder();
      const file = await openPlain(join(this.folder, log), constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
      if (file === undefined) return;
      try {
        await file.appendFile(((await isTorn(file)) ? '\n' : '') + lines);
      } finally {
        await file.close();
      }
    } catch {
      // A local log is a convenience: what it would have said is in the op files and the op log too.
    }
  }

  async hasLog(log: string): Promise<boolean> {
    return (await lstat(join(this.folder, log)).catch(ignore)) !== undefined;
  }

  /** Makes the folder with what git must know about it. Files that are there already stay as they are. */
  async ensureFolder(): Promise<void> {
    if (!(await this.hasFolder())) {
      // Not recursive: a workspace folder that the person removed must not come back.
      await mkdir(this.folder).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      await this.hasFolder();
      await syncFolder(this.directory);
    }
    await this.#ensureFile(GITATTRIBUTES, GITATTRIBUTES_TEXT);
    await this.#ensureFile(GITIGNORE, GITIGNORE_TEXT);
  }

  async #writing(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw error instanceof TractError ? error : new OpWriteError(this.folder, error);
    }
  }

  async #ensureFile(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    if ((await lstat(path).catch(missing)) !== undefined) return;
    const file = await createFile(path);
    try {
      await file?.writeFile(text);
    } finally {
      await file?.close();
    }
  }

  /** False when there is no folder. @throws OpLinkRefusedError when something else stands there */
  async hasFolder(): Promise<boolean> {
    const found = await lstat(this.folder).catch(missing);
    if (found !== undefined && !found.isDirectory()) throw new OpLinkRefusedError(this.folder);
    return found !== undefined;
  }
}

/** Undefined when something stands there already. O_EXCL does not follow links. */
async function createFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Opens a plain file; undefined when there is none. A second hard link would be written through: refused like a link. */
async function openPlain(path: string, flags: number): Promise<FileHandle | undefined> {
  const before = await lstat(path).catch(missing);
  if (before === undefined && (flags & constants.O_CREAT) === 0) return undefined;
  if (before !== undefined && !before.isFile()) throw new OpLinkRefusedError(path);
  let file: FileHandle;
  try {
    file = await open(path, flags | SAFE, 0o666);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'ENXIO') throw new OpLinkRefusedError(path);
    throw error;
  }
  const { nlink } = await file.stat();
  const writes = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
  if (writes && nlink > 1) {
    await file.close();
    throw new OpLinkRefusedError(path);
  }
  return file;
}

async function writeDurably(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text);
  await file.datasync();
}

/** True when the last line has no newline: a crash tore it. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

/** Makes a new name last. Windows cannot sync a folder and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(ignore);
  await handle?.sync().catch(ignore);
  await handle?.close();
}

function flag(name: 'O_NOFOLLOW' | 'O_NONBLOCK'): number {
  return (constants as Readonly<Record<string, number | undefined>>)[name] ?? 0;
}

function missing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function ignore(): undefined {
  return undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
