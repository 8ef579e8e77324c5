import { LRUCache } from 'lru-cache';
import { StoreLockedError } from '../errors.js';
import { portableCrc32 } from '../journal/crc.js';
import { FILE_HEADER } from '../journal/frame.js';
import type { FilePosition, StoreMedium } from '../medium.js';
import { logName } from '../medium.js';
import type { WorkspaceFiles } from './workspace-files.js';
import { isMissing } from './workspace-files.js';
import type { WorkspaceLock } from './workspace-lock.js';

/** Whole files kept, in bytes: contents of one segment are asked for one after the other. */
const CACHE_BYTES = 8 * 1024 * 1024;
const SEGMENT = /^log-(\d{8})-([0-9a-f]{8})\.tract$/;

/**
 * A store where files can only be written whole (Annex B.14): the same log, but every frame is a file of its own, acknowledged when
 * `writeFile` resolves. What that survives is up to the host. Segment names carry the writer's nonce: two writers that know
 * nothing of each other never touch the same file, and find out about each other at the next write.
 */
export class SegmentMedium implements StoreMedium {
  readonly durability = "the host's";
  readonly crc32 = portableCrc32;
  /** The real names of log files, by the names the store uses. */
  private readonly segments = new Map<string, string>();
  private readonly cache = new LRUCache<string, Uint8Array>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (bytes) => bytes.length + 1,
  });

  constructor(
    private readonly files: WorkspaceFiles,
    private readonly lock: WorkspaceLock,
  ) {}

  /**
   * Segments under the store's names. Where two writers used one number, the line of the lock's owner counts; what another one
   * wrote keeps its real name, and is set aside by whoever writes next.
   */
  async list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    const entries = [...(await this.files.list())].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.segments.clear();
    const listed: { name: string; size: number }[] = [];
    const byNumber = new Map<number, { nonce: string; name: string; size: number }[]>();
    for (const { name, size } of entries) {
      const [, number, nonce] = SEGMENT.exec(name) ?? [];
      if (number === undefined || nonce === undefined) listed.push({ name, size });
      else byNumber.set(Number(number), [...(byNumber.get(Number(number)) ?? []), { nonce, name, size }]);
    }
    let later = await this.lock.ownerNonce();
    for (const [number, candidates] of [...byNumber].sort(([a], [b]) => b - a)) {
      const chosen = candidates.find(({ nonce }) => nonce === later) ?? candidates[0];
      for (const candidate of candidates) {
        if (candidate === chosen) {
          this.segments.set(logName(number), candidate.name);
          listed.push({ name: logName(number), size: candidate.size });
        } else {
          listed.push({ name: candidate.name, size: candidate.size });
        }
      }
      later = chosen?.nonce ?? later;
    }
    return listed;
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    const real = this.segments.get(name) ?? name;
    let bytes = this.cache.get(real);
    if (bytes === undefined) {
      bytes = await this.files.readFile(real);
      // Segments never change; other files may.
      if (real !== name) this.cache.set(real, bytes);
    }
    return bytes.slice(offset, offset + length);
  }

  after(end: FilePosition): FilePosition {
    return { file: end.file + 1, offset: FILE_HEADER };
  }

  async append(at: FilePosition, header: Uint8Array, frame: Uint8Array): Promise<void> {
    if (!(await this.lock.isHeld())) throw new StoreLockedError(this.lock.owner);
    const bytes = new Uint8Array(header.length + frame.length);
    bytes.set(header);
    bytes.set(frame, header.length);
    const name = logName(at.file);
    const real = name.replace('.tract', `-${this.lock.nonce}.tract`);
    await this.files.writeFile(real, bytes);
    this.segments.set(name, real);
  }

  async cut(end: FilePosition): Promise<void> {
    const name = logName(end.file);
    for (const file of await this.list()) {
      if (file.name === name) await this.remove(name);
    }
  }

  async writeWhole(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    await this.files.writeFile(`${name}.tmp`, bytes);
    await this.files.rename(`${name}.tmp`, name, { overwrite: true });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.files.rename(this.segments.get(from) ?? from, to, { overwrite: false });
    this.segments.delete(from);
  }

  async remove(name: string): Promise<void> {
    try {
      await this.files.delete(this.segments.get(name) ?? name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    this.segments.delete(name);
  }

  close(): Promise<void> {
    this.cache.clear();
    return Promise.resolve();
  }
}
