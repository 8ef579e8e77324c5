import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { FolderEntry, WorkspaceFileAccess } from '../workspace-files.js';

interface FileKind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: FileKind): FolderEntry['kind'] {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}

/** The files below `root`, a folder on disk. */
export function nodeWorkspaceFiles(root: string): WorkspaceFileAccess {
  const onDisk = (path: string): string => join(root, ...path.split('/'));
  let realRoot: Promise<string> | undefined;
  return {
    async list(folder) {
      const entries = await readdir(onDisk(folder), { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
    },
    async stat(path) {
      const stats = await lstat(onDisk(path));
      return { kind: kindOf(stats), size: stats.size };
    },
    async realpath(path) {
      realRoot ??= realpath(root);
      const inside = relative(await realRoot, await realpath(onDisk(path)));
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) return null;
      return inside.split(sep).join('/');
    },
    async read(path, limit) {
      // Not through a link put there after the checks, and not waiting for a pipe; Windows has neither flag (undefined, so 0 here).
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const file = await open(onDisk(path), flags);
      try {
        const stats = await file.stat();
        if (!stats.isFile()) throw new Error('not a regular file');
        // One byte of room more than the file has: the first read then sees its end. It is more only when it grows meanwhile.
        let bytes = new Uint8Array(Math.min(limit, stats.size + 1));
        let length = 0;
        while (length < limit) {
          if (length === bytes.length) bytes = enlarged(bytes, limit);
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
          length += bytesRead;
          if (bytesRead === 0 || (length === stats.size && length < bytes.length)) break;
        }
        return bytes.subarray(0, length);
      } finally {
        await file.close();
      }
    },
  };
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
